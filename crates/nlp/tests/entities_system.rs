//! What system entities promise: what is said in English and Dutch comes out in one form.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without fails it")]

use greenroom_nlp::{EntityContext, EntityDefinition, EntityKind, EntityRecogniser, SystemKind, SystemLanguage};
use jiff::civil::{DateTime, date};
use proptest::prelude::*;

/// Monday 23 November 2026, 14:00.
fn now() -> DateTime {
    date(2026, 11, 23).at(14, 0, 0, 0)
}

fn recogniser(kinds: &[SystemKind]) -> EntityRecogniser {
    let definitions: Vec<_> = kinds
        .iter()
        .map(|kind| EntityDefinition { id: format!("{kind:?}"), kind: EntityKind::System(*kind) })
        .collect();
    EntityRecogniser::new(&definitions).unwrap()
}

/// `cases`: a text, and what is found in it, as `words=value`.
fn check(language: &str, kind: SystemKind, cases: &[(&str, &[&str])]) {
    let recogniser = recogniser(&[kind]);
    let language = SystemLanguage::from_tag(language);
    let context = EntityContext { language, now: Some(now()), ..EntityContext::default() };
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let found = recogniser.find(text, &context);
        let found: Vec<String> =
            found.iter().map(|found| format!("{}={}", &text[found.bytes.clone()], found.value)).collect();
        if found != *expected {
            wrong.push(format!("{text:?}: found {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{language:?} {kind:?}\n{}", wrong.join("\n"));
}

#[test]
fn english_numbers() {
    check(
        "en",
        SystemKind::Number,
        &[
            ("21 or twenty-one or twenty one", &["21=21", "twenty-one=21", "twenty one=21"]),
            ("1,234,567.50 items", &["1,234,567.50=1234567.5"]),
            (
                "three hundred and five thousand two hundred and six",
                &["three hundred and five thousand two hundred and six=305206"],
            ),
            ("a hundred, two and a half, -3.5", &["a hundred=100", "two and a half=2.5", "-3.5=-3.5"]),
            ("2 million people, minus five", &["2 million=2000000", "minus five=-5"]),
            ("3,5 km", &["3,5=3.5"]),
            ("one two three", &["one=1", "two=2", "three=3"]),
            ("five and six", &["five=5", "six=6"]),
            ("A4 is no covid19, nor 17:30, nor 1.2.3, nor half a pizza", &[]),
            ("zero", &["zero=0"]),
            ("007", &["007=7"]),
            ("12345678901234567890", &[]),
        ],
    );
}

#[test]
fn dutch_numbers() {
    check(
        "nl",
        SystemKind::Number,
        &[
            ("21 of eenentwintig", &["21=21", "eenentwintig=21"]),
            ("3,5 km", &["3,5=3.5"]),
            ("1.234.567,50", &["1.234.567,50=1234567.5"]),
            ("tweehonderdvijfendertig", &["tweehonderdvijfendertig=235"]),
            ("tweeëntwintig, drieëndertig", &["tweeëntwintig=22", "drieëndertig=33"]),
            ("vijfduizend tweehonderd", &["vijfduizend=5000", "tweehonderd=200"]),
            ("vijf duizend tweehonderd", &["vijf duizend tweehonderd=5200"]),
            ("drie miljoen vijfhonderdduizend", &["drie miljoen vijfhonderdduizend=3500000"]),
            (
                "anderhalf, tweeënhalf, tweeënhalf miljoen",
                &["anderhalf=1.5", "tweeënhalf=2.5", "tweeënhalf miljoen=2500000"],
            ),
            ("een hond, maar één kat", &["één=1"]),
            ("min drie", &["min drie=-3"]),
            ("negentienhonderdvierentachtig", &["negentienhonderdvierentachtig=1984"]),
            ("vijftien zestien", &["vijftien=15", "zestien=16"]),
        ],
    );
}

#[test]
fn ordinals() {
    check(
        "en",
        SystemKind::Ordinal,
        &[
            ("the 3rd, third and twenty-first", &["3rd=3", "third=3", "twenty-first=21"]),
            ("thirtieth", &["thirtieth=30"]),
            ("3 rd", &[]),
        ],
    );
    check(
        "nl",
        SystemKind::Ordinal,
        &[
            ("de 3e, derde, 21ste en eenentwintigste", &["3e=3", "derde=3", "21ste=21", "eenentwintigste=21"]),
            ("achtste zevende", &["achtste=8", "zevende=7"]),
        ],
    );
}

#[test]
fn english_dates() {
    check(
        "en",
        SystemKind::Date,
        &[
            ("today, tomorrow or yesterday", &["today=2026-11-23", "tomorrow=2026-11-24", "yesterday=2026-11-22"]),
            ("the day after tomorrow", &["the day after tomorrow=2026-11-25"]),
            ("on friday", &["friday=2026-11-27"]),
            ("monday", &["monday=2026-11-30"]),
            ("next friday", &["next friday=2026-12-04"]),
            ("last sunday", &["last sunday=2026-11-22"]),
            ("last monday", &["last monday=2026-11-16"]),
            ("this weekend", &["this weekend=2026-11-28/2026-11-29"]),
            ("next week", &["next week=2026-W49"]),
            ("last month and next year", &["last month=2026-10", "next year=2027"]),
            ("in three days", &["in three days=2026-11-26"]),
            ("two weeks ago", &["two weeks ago=2026-11-09"]),
            ("in a month", &["in a month=2026-12-23"]),
            ("November 24th, 2027", &["November 24th, 2027=2027-11-24"]),
            ("24 november", &["24 november=2026-11-24"]),
            ("the 1st of march", &["the 1st of march=2027-03-01"]),
            ("tuesday, january 5", &["tuesday, january 5=2027-01-05"]),
            ("april 2025", &["april 2025=2025-04"]),
            ("in may", &["may=2027-05"]),
            ("may i?", &[]),
            ("2026-12-31", &["2026-12-31=2026-12-31"]),
            ("11/23/2026 and 23/11/2026", &["11/23/2026=2026-11-23", "23/11/2026=2026-11-23"]),
            ("02/03/26", &["02/03/26=2026-02-03"]),
            ("31/31/2026, 2026-02-30, 1-2-3", &[]),
            ("twenty first of june", &["twenty first of june=2027-06-21"]),
            ("february 29", &["february 29=2028-02-29"]),
            ("tomorrow at five", &["tomorrow=2026-11-24"]),
        ],
    );
    check("en-GB", SystemKind::Date, &[("02/03/26", &["02/03/26=2026-03-02"])]);
}

#[test]
fn dutch_dates() {
    check(
        "nl",
        SystemKind::Date,
        &[
            (
                "vandaag, morgen, overmorgen, gisteren",
                &["vandaag=2026-11-23", "morgen=2026-11-24", "overmorgen=2026-11-25", "gisteren=2026-11-22"],
            ),
            ("goede morgen", &[]),
            ("vrijdag of volgende vrijdag", &["vrijdag=2026-11-27", "volgende vrijdag=2026-12-04"]),
            ("vrijdagavond", &["vrijdagavond=2026-11-27"]),
            ("over drie dagen", &["over drie dagen=2026-11-26"]),
            ("twee weken geleden", &["twee weken geleden=2026-11-09"]),
            ("volgende week, deze maand", &["volgende week=2026-W49", "deze maand=2026-11"]),
            ("24 november 2027", &["24 november 2027=2027-11-24"]),
            ("de 3e mei", &["3e mei=2027-05-03"]),
            ("dinsdag 1 december", &["dinsdag 1 december=2026-12-01"]),
            ("02-03-2026", &["02-03-2026=2026-03-02"]),
            ("morgenochtend", &["morgenochtend=2026-11-24"]),
            ("dit weekend", &["dit weekend=2026-11-28/2026-11-29"]),
        ],
    );
}

#[test]
fn english_times() {
    check(
        "en",
        SystemKind::Time,
        &[
            ("half past five", &["half past five=17:30"]),
            ("half past five in the morning", &["half past five in the morning=05:30"]),
            ("quarter to nine, a quarter past 10 pm", &["quarter to nine=08:45", "a quarter past 10 pm=22:15"]),
            ("ten past two", &["ten past two=14:10"]),
            ("5pm, 5 p.m. or 11 am", &["5pm=17:00", "5 p.m.=17:00", "11 am=11:00"]),
            ("12 am is midnight, 12 pm noon", &["12 am=00:00", "midnight=00:00", "12 pm=12:00", "noon=12:00"]),
            ("17:30, 05:30, 5:30, 9:15", &["17:30=17:30", "05:30=05:30", "5:30=17:30", "9:15=09:15"]),
            ("17:30:15", &["17:30:15=17:30:15"]),
            ("at five", &["five=17:00"]),
            ("at 5 euros, at 25, 24:61, 3:1", &[]),
            ("five o'clock", &["five o'clock=17:00"]),
            ("at five thirty", &["five thirty=17:30"]),
            ("five people", &[]),
        ],
    );
}

#[test]
fn dutch_times() {
    check(
        "nl",
        SystemKind::Time,
        &[
            ("half zes", &["half zes=17:30"]),
            ("half één", &["half één=12:30"]),
            ("half zes 's ochtends", &["half zes 's ochtends=05:30"]),
            ("kwart voor negen, kwart over tien", &["kwart voor negen=08:45", "kwart over tien=10:15"]),
            ("tien over half drie", &["tien over half drie=14:40"]),
            ("vijf voor half negen", &["vijf voor half negen=08:25"]),
            ("17.30 uur, 17u30, 9:15", &["17.30 uur=17:30", "17u30=17:30", "9:15=09:15"]),
            ("om zes uur", &["zes uur=18:00"]),
            ("om 8 uur 's avonds", &["8 uur 's avonds=20:00"]),
            ("om 6", &["6=18:00"]),
            ("middernacht", &["middernacht=00:00"]),
            ("kwart voor één", &["kwart voor één=12:45"]),
        ],
    );
}

#[test]
fn moments() {
    check(
        "en",
        SystemKind::DateTime,
        &[
            ("tomorrow at half past five", &["tomorrow at half past five=2026-11-24T17:30"]),
            ("tomorrow morning at 5", &["tomorrow morning at 5=2026-11-24T05:00"]),
            ("5 pm on friday", &["5 pm on friday=2026-11-27T17:00"]),
            ("tonight at 8", &["tonight at 8=2026-11-23T20:00"]),
            ("in two hours", &["in two hours=2026-11-23T16:00"]),
            ("20 minutes ago", &["20 minutes ago=2026-11-23T13:40"]),
            ("2026-12-01T05:30", &["2026-12-01T05:30=2026-12-01T05:30"]),
            ("november 24, 10:00", &["november 24, 10:00=2026-11-24T10:00"]),
            ("tomorrow", &[]),
        ],
    );
    check(
        "nl",
        SystemKind::DateTime,
        &[
            ("overmorgen om half zes", &["overmorgen om half zes=2026-11-25T17:30"]),
            ("morgenochtend om kwart over zes", &["morgenochtend om kwart over zes=2026-11-24T06:15"]),
            ("vrijdag 17:00 uur", &["vrijdag 17:00 uur=2026-11-27T17:00"]),
            ("over anderhalf uur", &["over anderhalf uur=2026-11-23T15:30"]),
            ("vanavond om 8 uur", &["vanavond om 8 uur=2026-11-23T20:00"]),
        ],
    );
}

#[test]
fn durations() {
    check(
        "en",
        SystemKind::Duration,
        &[
            ("two hours and thirty minutes", &["two hours and thirty minutes=PT2H30M"]),
            ("half an hour, an hour and a half", &["half an hour=PT30M", "an hour and a half=PT1H30M"]),
            ("2h30m, 90 min, 2-day", &["2h30m=PT2H30M", "90 min=PT1H30M", "2-day=P2D"]),
            (
                "two weeks; 1.5 days; a year and 3 months",
                &["two weeks=P2W", "1.5 days=P1DT12H", "a year and 3 months=P1Y3M"],
            ),
            ("a quarter of an hour", &["a quarter of an hour=PT15M"]),
            ("0 seconds", &["0 seconds=PT0S"]),
            ("an apple and two pears", &[]),
        ],
    );
    check(
        "nl",
        SystemKind::Duration,
        &[
            ("anderhalf uur, een half uur", &["anderhalf uur=PT1H30M", "een half uur=PT30M"]),
            ("twee uur en een kwartier", &["twee uur en een kwartier=PT2H15M"]),
            ("een kwartier", &["een kwartier=PT15M"]),
            ("drie weken", &["drie weken=P3W"]),
            ("een jaar", &["een jaar=P1Y"]),
            ("2,5 dag", &["2,5 dag=P2DT12H"]),
        ],
    );
}

#[test]
fn money() {
    check(
        "en",
        SystemKind::Money,
        &[
            ("$1,200.50 or 50$ or € 5", &["$1,200.50=USD 1200.50", "50$=USD 50", "€ 5=EUR 5"]),
            ("a hundred dollars", &["a hundred dollars=USD 100"]),
            ("five euros and twenty cents", &["five euros and twenty cents=EUR 5.20"]),
            ("EUR 5 and 5 gbp", &["EUR 5=EUR 5", "5 gbp=GBP 5"]),
            ("50 cents, $5k, a dollar", &["50 cents=USD 0.50", "$5k=USD 5000", "a dollar=USD 1"]),
            ("$ or dollars", &[]),
            ("£2.5 million", &["£2.5 million=GBP 2500000"]),
        ],
    );
    check(
        "nl",
        SystemKind::Money,
        &[
            ("€ 12,50, 12,50 euro of 5,-", &["€ 12,50=EUR 12.50", "12,50 euro=EUR 12.50"]),
            ("€ 5,-", &["€ 5,-=EUR 5"]),
            ("vijf euro vijftig", &["vijf euro=EUR 5"]),
            ("5 euro 50", &["5 euro 50=EUR 5.50"]),
            ("50 cent", &["50 cent=EUR 0.50"]),
            ("twee miljoen euro", &["twee miljoen euro=EUR 2000000"]),
            ("tien euro's", &["tien euro's=EUR 10"]),
        ],
    );
}

#[test]
fn percentages_and_temperatures() {
    check(
        "en",
        SystemKind::Percentage,
        &[("12.5% or ten percent", &["12.5%=12.5%", "ten percent=10%"]), ("% of 5", &[])],
    );
    check("nl", SystemKind::Percentage, &[("12,5 procent", &["12,5 procent=12.5%"])]);
    check(
        "en",
        SystemKind::Temperature,
        &[
            ("20°C, -5 degrees celsius, 70F", &["20°C=20 °C", "-5 degrees celsius=-5 °C", "70F=70 °F"]),
            ("minus five degrees, 300 kelvin", &["minus five degrees=-5 °", "300 kelvin=300 K"]),
            ("20 c, 5 f", &[]),
        ],
    );
    check("nl", SystemKind::Temperature, &[("twintig graden", &["twintig graden=20 °"])]);
}

#[test]
fn contacts() {
    check(
        "en",
        SystemKind::Email,
        &[
            ("mail Ann.Lee+x@Example.CO.uk.", &["Ann.Lee+x@Example.CO.uk=Ann.Lee+x@example.co.uk"]),
            ("@example.com, a@b, a@b@c.com", &["b@c.com=b@c.com"]),
        ],
    );
    check(
        "en",
        SystemKind::Url,
        &[
            ("see https://example.com/a?b=c.", &["https://example.com/a?b=c=https://example.com/a?b=c"]),
            ("(www.example.com)", &["www.example.com=https://www.example.com"]),
            ("example.com, or mail a@example.com", &["example.com=https://example.com"]),
            (
                "https://en.wikipedia.org/wiki/A_(b)",
                &["https://en.wikipedia.org/wiki/A_(b)=https://en.wikipedia.org/wiki/A_(b)"],
            ),
            ("index.html, e.g. this", &[]),
        ],
    );
    check(
        "en",
        SystemKind::Phone,
        &[
            ("+31 6 12345678", &["+31 6 12345678=+31612345678"]),
            ("call 06-12345678 or (212) 555-1234", &["06-12345678=0612345678", "(212) 555-1234=2125551234"]),
            ("020 123 45 67", &["020 123 45 67=0201234567"]),
            ("order 12345, 02-11-2026", &[]),
        ],
    );
}

#[test]
fn without_now_nothing_is_reckoned_from_it() {
    let found = recogniser(&[SystemKind::Date]).find("tomorrow, 24 november or 2026-11-24", &EntityContext::default());
    let values: Vec<&str> = found.iter().map(|found| found.value.as_str()).collect();
    assert_eq!(values, ["2026-11-24"]);
}

#[test]
fn the_longest_kind_wins() {
    let recogniser = recogniser(&SystemKind::ALL);
    let context = EntityContext { now: Some(now()), ..EntityContext::default() };
    let text = "pay $5 to a@example.com tomorrow at half past five, +31612345678, 20% within 2 hours";
    let found = recogniser.find(text, &context);
    let summary: Vec<(&str, &str)> = found.iter().map(|found| (&*found.entity, &*found.value)).collect();
    let expected = [
        ("Money", "USD 5"),
        ("Email", "a@example.com"),
        ("DateTime", "2026-11-24T17:30"),
        ("Phone", "+31612345678"),
        ("Percentage", "20%"),
        ("Duration", "PT2H"),
    ];
    assert_eq!(summary, expected);
}

#[test]
fn languages_are_told_by_tag() {
    let of = SystemLanguage::from_tag;
    assert_eq!(
        [of("nl-BE"), of("en-GB"), of("en_us")],
        [SystemLanguage::Dutch, SystemLanguage::BritishEnglish, SystemLanguage::AmericanEnglish]
    );
    assert_eq!(
        [of("de"), of(""), of("en-Latn-GB")],
        [SystemLanguage::AmericanEnglish, SystemLanguage::AmericanEnglish, SystemLanguage::BritishEnglish]
    );
}

proptest! {
    #[test]
    fn any_text_has_an_answer_in_its_bounds(
        text in "((twenty|one|hundred|and|a|half|past|to|half|zes|uur|en|een|twee|duizend|miljoen|morgen|at|om|in|over|days|ago|the|[0-9]{1,5}|[.,:/@€$%°'+() -]|mei|may|\\PC) ?){0,30}",
        dutch in any::<bool>(),
    ) {
        let language = if dutch { SystemLanguage::Dutch } else { SystemLanguage::BritishEnglish };
        let context = EntityContext { language, now: Some(now()), ..EntityContext::default() };
        let mut end = 0;
        for found in recogniser(&SystemKind::ALL).find(&text, &context) {
            prop_assert!(end <= found.bytes.start && found.bytes.start < found.bytes.end);
            prop_assert!(!found.value.is_empty());
            end = found.bytes.end;
            let by_chars: String = text.chars().skip(found.chars.start).take(found.chars.len()).collect();
            prop_assert_eq!(Some(by_chars.as_str()), text.get(found.bytes.clone()));
        }
    }

    #[test]
    fn english_numbers_are_read_as_they_are_written(number in 0_u64..1_000_000_000) {
        let recogniser = recogniser(&[SystemKind::Number]);
        for text in [english(number), english(number).replace('-', " "), number.to_string()] {
            let found = recogniser.find(&text, &EntityContext::default());
            prop_assert_eq!(found.len(), 1, "{}", text);
            prop_assert_eq!(&found[0].value, &number.to_string(), "{}", text);
        }
    }

    #[test]
    fn dutch_numbers_are_read_as_they_are_written(number in 2_u64..1_000_000) {
        let recogniser = recogniser(&[SystemKind::Number]);
        let context = EntityContext { language: SystemLanguage::Dutch, ..EntityContext::default() };
        let text = dutch(number);
        let found = recogniser.find(&text, &context);
        prop_assert_eq!(found.len(), 1, "{}", text);
        prop_assert_eq!(&found[0].value, &number.to_string(), "{}", text);
    }
}

const ENGLISH: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const DUTCH: [&str; 20] = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
];
const DUTCH_TENS: [&str; 8] = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"];

/// The number in words, as people write it.
fn english(number: u64) -> String {
    let and = |rest: u64, joint: &str| if rest == 0 { String::new() } else { format!("{joint}{}", english(rest)) };
    match number {
        0..20 => ENGLISH[number as usize].to_owned(),
        20..100 => format!("{}{}", ENGLISH_TENS[number as usize / 10 - 2], and(number % 10, "-")),
        100..1_000 => format!("{} hundred{}", english(number / 100), and(number % 100, " and ")),
        1_000..1_000_000 => format!("{} thousand{}", english(number / 1_000), and(number % 1_000, " ")),
        _ => format!("{} million{}", english(number / 1_000_000), and(number % 1_000_000, " ")),
    }
}

/// The number in one word, as dictionaries write it.
fn dutch(number: u64) -> String {
    let rest = |rest: u64| if rest == 0 { String::new() } else { dutch(rest) };
    let count = |count: u64| if count == 1 { String::new() } else { dutch(count) };
    match number {
        0..20 => DUTCH[number as usize].to_owned(),
        20..100 => {
            let tens = DUTCH_TENS[number as usize / 10 - 2];
            match number % 10 {
                0 => tens.to_owned(),
                units @ (2 | 3) => format!("{}ën{tens}", DUTCH[units as usize]),
                units => format!("{}en{tens}", DUTCH[units as usize]),
            }
        }
        100..1_000 => format!("{}honderd{}", count(number / 100), rest(number % 100)),
        _ => format!("{}duizend{}", count(number / 1_000), rest(number % 1_000)),
    }
}
