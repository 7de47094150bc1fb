//! An evaluation of texts that should be refused: pasted, from a file, and too many or unreadable.

use super::desk::{Console, Page, SCRIPT, id};

const AT: &str = "/bots/shop/draft/evaluation";
const FILE: &str = "out_of_scope_file";

/// The form as it is sent, with these pasted texts.
fn asked(pasted: &str) -> [(&'static str, &str); 3] {
    [("language", "en"), ("folds", "2"), ("out_of_scope", pasted)]
}

async fn evaluates(console: &Console, pasted: &str, file: (&str, &[u8])) -> Page {
    let started = console.post_with_file(AT, &asked(pasted), (FILE, file.0, file.1)).await;
    assert_eq!((started.status, started.location.as_str()), (303, AT), "{}", started.body);
    console.waits_for_jobs().await;
    console.get(AT).await
}

async fn thresholds(console: &Console) -> serde_json::Value {
    let jobs = console.app.jobs().list(&id()).await.unwrap();
    let job = &jobs.first().unwrap().id;
    let file = console.get(&format!("{AT}/{job}/thresholds.json")).await;
    serde_json::from_str(&file.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_should_be_refused_are_pasted_and_sent_as_a_file() {
    let console = Console::new().await;
    let table = b"count,text\n9,\"what is the weather, on mars\"\n1,sing me a song\n";
    let page = evaluates(&console, "who won the match\r\n \r\nzxqv flumph", ("outside.csv", table)).await;
    let thresholds = thresholds(&console).await;
    // Each text counts once, as on the command line.
    assert_eq!(thresholds["curve"]["out_of_scope"], 4);
    let [now, best] = [&thresholds["current"], &thresholds["advice"]["best"]];
    let share = |point: &serde_json::Value| {
        let answered = point["out_of_scope_answered"].as_f64().unwrap();
        format!("{:.1} %", answered * 25.0)
    };
    page.says(", 4 out of scope, ").says("of 4 texts that should be refused").says("Out of scope, but answered");
    page.says(&format!("<span class=\"figure\">{}</span>answered at threshold", share(now)));
    page.says(&format!("of what the bot has no intent for, {} is answered.", share(now)));
    page.says(&format!("Of what the bot has no intent for, {} is answered all the same.", share(best)));
    page.says(&format!("<td class=\"number\">{}</td></tr>", share(now)));
    let job = console.app.jobs().list(&id()).await.unwrap()[0].id.clone();
    console.get(&format!("{AT}/{job}/thresholds.svg")).await.says("out of scope, but answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_advice_counts_texts_that_should_be_refused() {
    let console = Console::new().await;
    // The bot's own examples, said to be out of scope, in great number: answering them must not pay.
    let bot = console.bot().await;
    let intent = super::desk::some_intent(&bot).await;
    let (_, document) = bot.get(&bot.draft().await.unwrap(), &super::desk::examples_path(&intent)).await.unwrap();
    let greenroom_model::Document::Examples(examples) = document else { panic!("no examples") };
    let lines: Vec<String> = examples.examples.iter().map(|example| example.text.clone()).collect();
    let outside = lines.join("\n") + "\n";
    let best = async || thresholds(&console).await["advice"]["best"]["threshold"].as_f64().unwrap();
    evaluates(&console, "", ("", b"")).await.says_not("out of scope");
    let without = best().await;
    let page = evaluates(&console, "", ("outside.txt", outside.repeat(50).as_bytes())).await;
    page.says(&format!(", {} out of scope, ", lines.len() * 50));
    assert!(best().await > without, "{without}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_what_where_and_what_to_do() {
    let console = Console::new().await;
    let refused = async |pasted: &str, name: &str, content: &[u8]| {
        let page = console.post_with_file(AT, &asked(pasted), (FILE, name, content)).await;
        assert_eq!(page.status, 422, "{}", page.body);
        page.says("role=\"alert\"").says("Not evaluated.").says("<details open>");
        assert!(console.app.jobs().list(&id()).await.unwrap().is_empty());
        page
    };
    let page = refused("what about mars", "a.txt", b"hello\nsalut \xe9toile\n").await;
    page.says("a.txt:2:7: here is a byte that is not UTF-8; save the file as UTF-8");
    // Nobody loses what they typed; a file must be chosen again.
    page.says("what about mars</textarea>").says("Choose the file again").says("value=\"2\"");
    page.says("aria-describedby=\"out-of-scope-file-hint evaluation-fault\"");
    refused("x", "a.txt", b" \n").await.says("`a.txt` has no text; write one a line");
    refused("text\tcount\nx\tmany", "", b"").await.says("pasted texts:2:1: `many` is no count; write a whole number");
    let many = "x\n".repeat(10_000);
    refused("y", "a.txt", many.as_bytes()).await.says("these are 10001 out-of-scope texts").says("at most 10000");
    let long = "long ".repeat(100_000);
    refused(&long, "b.txt", long.as_bytes()).await.says("at most 524288; leave some out, or shorten them");
    let hostile = refused(&format!("</textarea>{SCRIPT}"), &format!("{SCRIPT}.txt"), b"").await;
    hostile.says_not(SCRIPT).says("&#60;script&#62;");
    let huge = console.post_with_file(AT, &asked(""), (FILE, "a.txt", &vec![b'x'; 3 << 20])).await;
    assert_eq!(huge.status, 413);
    huge.says("larger than the 2048 KiB that the server takes; send less, such as a smaller file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_breaks_off_is_refused() {
    let console = Console::new().await;
    let request = axum::http::Request::post(AT)
        .header("accept", "text/html")
        .header("x-csrf-token", &console.csrf)
        .header("content-type", "multipart/form-data; boundary=edge");
    let cut = "--edge\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nen";
    let page = console.send(request, cut).await;
    assert_eq!(page.status, 400, "{}", page.body);
    page.says("the form cannot be read");
}
