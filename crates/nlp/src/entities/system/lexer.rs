//! Cuts a text into words, runs of digits and single symbols, which grammars read.

use std::ops::Range;

use super::SystemLanguage;

/// The tokens of a text, without white space.
#[derive(Debug)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
    pub(super) language: SystemLanguage,
}

/// A word, a run of digits or a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case; typographic apostrophes, dashes and minus signs as ASCII's.
    pub(super) text: String,
    pub(super) class: Class,
    /// Whether nothing stands between it and the token before.
    pub(super) touches: bool,
    bytes: Range<usize>,
}

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters.
    Word,
    /// ASCII digits.
    Digits,
    /// One character of another kind.
    Symbol,
}

/// Longer words and numbers are no part of any grammar.
const LONGEST: usize = 64;

impl Tokens {
    pub(super) fn new(text: &str, language: SystemLanguage) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        for (start, character) in text.char_indices().filter(|(_, character)| !character.is_whitespace()) {
            let end = start + character.len_utf8();
            let class = match character {
                '0'..='9' => Class::Digits,
                _ if character.is_alphabetic() || is_accent(character) => Class::Word,
                _ => Class::Symbol,
            };
            let touches = tokens.last().is_some_and(|last| last.bytes.end == start);
            match tokens.last_mut() {
                Some(last)
                    if touches && class != Class::Symbol && last.class == class && last.text.len() <= LONGEST =>
                {
                    last.text.extend(fold(character));
                    last.bytes.end = end;
                }
                _ => tokens.push(Token { text: fold(character).collect(), class, touches, bytes: start..end }),
            }
        }
        if language == SystemLanguage::Dutch {
            // So that `één` and `tweeënhalf` read like `een` and `tweeenhalf`.
            for token in tokens.iter_mut().filter(|token| token.class == Class::Word) {
                token.text = token.text.replace('ë', "e").replace('ï', "i").replace("e\u{308}", "e");
            }
        }
        Self { tokens, language }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The text of the token at `at`, empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    /// The token's text, if it is a word.
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).filter(|token| token.class == Class::Word).map(|token| token.text.as_str())
    }

    /// The token's text, if it is digits.
    pub(super) fn digits(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).filter(|token| token.class == Class::Digits).map(|token| token.text.as_str())
    }

    /// Whether the token is this one and touches the one before.
    pub(super) fn joins(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.touches && token.text == text)
    }

    /// Whether the token touches the one before.
    pub(super) fn touches(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.touches)
    }

    /// The first token after these texts, if they stand at `at`.
    pub(super) fn skip(&self, at: usize, texts: &[&str]) -> Option<usize> {
        texts.iter().enumerate().all(|(offset, text)| self.text(at + offset) == *text).then_some(at + texts.len())
    }

    /// The first token after the first of these phrases that stands at `at`; words of a phrase are
    /// apart by spaces.
    pub(super) fn phrase(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        let first = self.text(at);
        phrases.iter().find_map(|phrase| {
            let mut rest = phrase.strip_prefix(first)?;
            let mut end = at + 1;
            while let Some(words) = rest.strip_prefix(' ') {
                rest = words.strip_prefix(self.text(end)).filter(|_| end < self.tokens.len())?;
                end += 1;
            }
            rest.is_empty().then_some(end)
        })
    }

    /// The place of some tokens in the text.
    pub(super) fn bytes(&self, range: Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(0, |token| token.bytes.start);
        let last = range.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.bytes.end.max(start))
    }
}

fn is_accent(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

fn fold(character: char) -> impl Iterator<Item = char> {
    let character = match character {
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '`' | '´' => '\'',
        '\u{2010}'..='\u{2014}' | '\u{2212}' => '-',
        _ => character,
    };
    character.to_lowercase()
}
