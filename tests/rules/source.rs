//! Reading sources as far as the rules need it: which paths they name, and which strings they hold.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A source file without its comments and without what is compiled for tests only.
pub struct Source {
    /// The path below `src`.
    pub path: String,
    /// How many lines the file has, with everything.
    pub lines: usize,
    /// Every path that is named, such as `std::fs::File`; those of a `use` with braces one by one.
    pub paths: BTreeSet<String>,
    /// What stands between quotes, escapes as they are written.
    pub strings: Vec<String>,
    /// Modules in files of their own that are compiled for tests only.
    test_modules: Vec<String>,
}

/// All sources of the product, in no special order.
pub fn all() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    find(&src, &mut files);
    let sources: Vec<Source> = files
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_str().unwrap();
            Source::read(name, &fs::read_to_string(path).unwrap())
        })
        .collect();
    let for_tests: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    let is_for_tests = |path: &str| {
        for_tests.iter().any(|module| {
            let rest = path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        })
    };
    sources
        .into_iter()
        .filter(|source| !is_for_tests(&source.path))
        .collect()
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for found in fs::read_dir(folder).unwrap() {
        let path = found.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// Reads a source.
    pub fn read(path: &str, text: &str) -> Self {
        let mut strings = Vec::new();
        let mut test_modules = Vec::new();
        let code = without_tests(&tokens(text), &mut test_modules);
        let mut paths = BTreeSet::new();
        let mut at = 0;
        while at < code.len() {
            match &code[at] {
                Token::String(text) => strings.push(text.clone()),
                Token::Word(word) if word == "use" => at = tree(&code, at + 1, "", &mut paths) - 1,
                Token::Word(_) => {
                    let (path, end) = path_at(&code, at);
                    paths.insert(path);
                    at = end - 1;
                }
                Token::Sign(_) => {}
            }
            at += 1;
        }
        Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            paths,
            strings,
            test_modules,
        }
    }

    /// The room that it belongs to; none for `main.rs` and `lib.rs`.
    pub fn room(&self) -> &str {
        match self.path.split_once('/') {
            Some((room, _)) => room,
            None => self.path.strip_suffix(".rs").map_or("", |name| {
                if matches!(name, "main" | "lib") {
                    ""
                } else {
                    name
                }
            }),
        }
    }

    /// Whether it names this path, or something in it: `std::fs` is named by `std::fs::File`, and `SysRng` by `rand::rngs::SysRng`.
    pub fn names(&self, name: &str) -> bool {
        let wanted: Vec<&str> = name.split("::").collect();
        self.paths.iter().any(|path| {
            let parts: Vec<&str> = path.split("::").collect();
            parts.windows(wanted.len()).any(|window| window == wanted)
        })
    }

    /// Where the files of its test modules are, without their ending.
    fn test_files(&self) -> Vec<String> {
        let own = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let folder = match own.strip_suffix("mod") {
            Some(folder) => folder.to_owned(),
            None if matches!(own, "main" | "lib") => String::new(),
            None => format!("{own}/"),
        };
        let modules = self.test_modules.iter();
        modules.map(|module| format!("{folder}{module}")).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    String(String),
    Sign(char),
}

use Token::Sign;

/// Cuts a source into words, strings and signs. Comments and blanks go; characters and lifetimes too.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = after_comment(rest);
        } else if let Some((string, after)) = string_at(rest) {
            tokens.push(Token::String(string.to_owned()));
            rest = after;
        } else if first == '\'' {
            rest = after_quote(rest);
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            if !first.is_whitespace() {
                tokens.push(Sign(first));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Comments can lie in comments.
fn after_comment(text: &str) -> &str {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    &text[at..]
}

/// The string that begins here, of whatever kind, and what comes after it.
fn string_at(text: &str) -> Option<(&str, &str)> {
    let body = text.trim_start_matches(['b', 'c']);
    if text.len() - body.len() > 1 {
        return None;
    }
    if let Some(raw) = body.strip_prefix('r') {
        let inner = raw.trim_start_matches('#');
        let hashes = raw.len() - inner.len();
        let inner = inner.strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return inner.split_once(end.as_str());
    }
    let inner = body.strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some((&inner[..end], &inner[end + 1..]))
}

/// What comes after the character or the lifetime that begins here.
fn after_quote(text: &str) -> &str {
    let inner = &text[1..];
    if let Some(escape) = inner.strip_prefix('\\') {
        let skipped = escape.chars().next().map_or(0, char::len_utf8);
        let after = &escape[skipped..];
        return after.find('\'').map_or("", |end| &after[end + 1..]);
    }
    let first = inner.chars().next().map_or(0, char::len_utf8);
    inner[first..].strip_prefix('\'').unwrap_or(inner)
}

/// Leaves out every item that stands behind `#[cfg(test)]`, and notes the modules among them that are files.
fn without_tests(tokens: &[Token], test_modules: &mut Vec<String>) -> Vec<Token> {
    let word = |word: &str| Token::Word(word.to_owned());
    let marker = [
        Sign('#'),
        Sign('['),
        word("cfg"),
        Sign('('),
        word("test"),
        Sign(')'),
        Sign(']'),
    ];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at..].starts_with(&marker) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += marker.len();
        let begin = after_attributes(tokens, at);
        let end = item_end(tokens, begin);
        let item = &tokens[begin..end];
        let module = item.iter().position(|token| *token == word("mod"));
        if item.last() == Some(&Sign(';'))
            && let Some(Token::Word(name)) = module.and_then(|at| item.get(at + 1))
        {
            test_modules.push(name.clone());
        }
        at = end;
    }
    kept
}

fn after_attributes(tokens: &[Token], mut at: usize) -> usize {
    while tokens[at..].starts_with(&[Sign('#'), Sign('[')]) {
        at = after_group(tokens, at + 1);
    }
    at
}

/// An item ends with a semicolon or with its braces.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    let is_use = tokens.get(at) == Some(&Token::Word("use".to_owned()));
    while at < tokens.len() {
        match &tokens[at] {
            Sign(';') => return at + 1,
            Sign('{') if !is_use => return after_group(tokens, at),
            Sign('(' | '[' | '{') => at = after_group(tokens, at),
            Token::Word(_) | Token::String(_) | Sign(_) => at += 1,
        }
    }
    at
}

/// Behind the bracket that closes the one here.
fn after_group(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Sign('(' | '[' | '{') => depth += 1,
            Sign(')' | ']' | '}') => depth -= 1,
            Token::Word(_) | Token::String(_) | Sign(_) => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Adds the paths of a `use` to `paths`, each with `prefix` before it. Returns where it ends.
fn tree(code: &[Token], at: usize, prefix: &str, paths: &mut BTreeSet<String>) -> usize {
    let (path, mut at) = path_at(code, at);
    let path = match (prefix, path.as_str()) {
        ("", path) => path.to_owned(),
        (prefix, "self" | "") => prefix.to_owned(),
        (prefix, path) => format!("{prefix}::{path}"),
    };
    if code.get(at) != Some(&Sign('{')) {
        paths.insert(path);
        // `as name` and `*` say nothing of what is named.
        while at < code.len() && !matches!(code[at], Sign(',' | '}' | ';')) {
            at += 1;
        }
        return at;
    }
    at += 1;
    while at < code.len() && code[at] != Sign('}') {
        at = tree(code, at, &path, paths);
        if code.get(at) == Some(&Sign(',')) {
            at += 1;
        }
    }
    at + 1
}

/// The words that `::` joins from here on, and where they end; behind a `::` that ends in braces too.
fn path_at(code: &[Token], mut at: usize) -> (String, usize) {
    let colons = [Sign(':'), Sign(':')];
    let mut path = String::new();
    if code[at..].starts_with(&colons) {
        at += 2;
    }
    while let Some(Token::Word(word)) = code.get(at) {
        if !path.is_empty() {
            path.push_str("::");
        }
        path.push_str(word);
        at += 1;
        if !code[at..].starts_with(&colons) {
            break;
        }
        at += 2;
    }
    (path, at)
}
