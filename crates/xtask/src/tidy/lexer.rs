//! Tells code from comments, strings and tests, as far as a check for words needs it.

/// A file with its comments and the insides of its strings blanked out. Lines stay where they are.
#[must_use]
pub fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let to = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => until(&chars, at, |c| c == '\n'),
            ('/', Some('*')) => end_of_block(&chars, at),
            ('"', _) => end_of_string(&chars, at),
            ('r', Some('"' | '#')) if !follows_word(&chars, at) => end_of_raw_string(&chars, at),
            ('\'', _) => end_of_char(&chars, at),
            _ => at,
        };
        if to == at {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let blank = |c: &char| if *c == '\n' { '\n' } else { ' ' };
        out.extend(chars[at..to].iter().map(blank));
        at = to;
    }
    out
}

/// The numbers (from 0) of the lines of `code` that are compiled for tests only.
#[must_use]
pub fn test_lines(code: &str) -> Vec<bool> {
    let mut marked = vec![false; code.lines().count()];
    let mut from = 0;
    while let Some(found) = code[from..].find("#[cfg(test)]") {
        let start = from + found;
        let body = start + code[start..].find(['{', ';']).unwrap_or(code.len() - start - 1);
        let end = if code[body..].starts_with('{') { closing(code, body) } else { body };
        let line = |at: usize| code[..at].matches('\n').count();
        for marked in &mut marked[line(start)..=line(end)] {
            *marked = true;
        }
        from = end + 1;
    }
    marked
}

/// Where the brace that opens at `open` closes; the end when it does not.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return open + at;
        }
    }
    code.len() - 1
}

fn until(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|c| stop(*c)).map_or(chars.len(), |at| from + at)
}

fn end_of_block(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from + 2, 1);
    while at < chars.len() && depth > 0 {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at.min(chars.len())
}

fn end_of_string(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn end_of_raw_string(chars: &[char], from: usize) -> usize {
    let quote = until(chars, from + 1, |c| c != '#');
    if chars.get(quote) != Some(&'"') {
        return from; // r#name, a word
    }
    let hashes = quote - from - 1;
    let ends = |at: usize| {
        chars[at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes
    };
    let end = (quote + 1..chars.len()).find(|at| ends(*at));
    end.map_or(chars.len(), |at| at + 1 + hashes)
}

/// Behind a character literal; where it began when it is a lifetime.
fn end_of_char(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => {
            let behind = (from + 3).min(chars.len());
            (until(chars, behind, |c| c == '\'') + 1).min(chars.len())
        }
        (Some(_), Some('\'')) => from + 3,
        _ => from,
    }
}

fn follows_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_no_code() {
        for (text, words) in [
            ("a // b", "a"),
            ("a /* b /* c */ d */ e", "a e"),
            ("a(\"b\", c)", "a( , c)"),
            (r#"a("\"b", c)"#, "a( , c)"),
            ("a(r#\"b \"c\" d\"#, e)", "a( , e)"),
            ("a('\"') b", "a( ) b"),
            (r"a('\'', '\\') b", "a( , ) b"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            ("r#type + for_r\"x\"", "r#type + for_r"),
            ("\"http://x\"; a", "; a"),
        ] {
            let code: Vec<String> = code(text).split_whitespace().map(str::to_owned).collect();
            assert_eq!(code.join(" "), words, "{text}");
        }
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "a\n/* b\nc */ d\n\"e\nf\" g\n";
        let code = code(text);
        let lines: Vec<&str> = code.lines().map(str::trim).collect();
        assert_eq!(lines, ["a", "", "d", "", "g"]);
    }

    #[test]
    fn an_unclosed_string_or_comment_ends_with_the_file() {
        for text in ["a \"b", "a /* b", "a r#\"b\"", "a '\\", "a \"b\\"] {
            assert_eq!(code(text).trim(), "a", "{text}");
        }
    }

    #[test]
    fn tests_are_told_apart() {
        let text = "a\n#[cfg(test)]\nmod tests {\n  { }\n}\nb\n#[cfg(test)]\nmod more;\nc\n";
        let marked = test_lines(&code(text));
        assert_eq!(marked, [false, true, true, true, true, false, true, true, false]);
        assert_eq!(test_lines("#[cfg(test)]"), [true]);
    }
}
