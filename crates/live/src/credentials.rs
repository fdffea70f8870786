//! What opens a venue's door, and must never be seen again.
//!
//! Credentials come from the environment or from a file of their own, never from a scenario. They
//! can be sent and compared, not printed: their text is in no `Debug` and no `Display`, and whatever
//! a venue says is cleaned of them before anybody else hears it.

use std::fmt;
use std::path::Path;
use thiserror::Error;

/// Words that only the venue may see.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What opens a venue's door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The name of the key.
    pub key: Secret,
    /// Its other half, where the venue gives one.
    pub secret: Option<Secret>,
}

/// What stands where a secret was.
pub const HIDDEN: &str = "[hidden]";

/// The longest key file.
pub const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Secrets shorter than this are not looked for in other texts: they would be found everywhere.
const LOOKED_FOR_MIN: usize = 4;

/// Why there are no credentials. No variant repeats what a file or variable held.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CredentialsError {
    /// Nothing was said.
    #[error("{0} is not set: credentials come from the environment or from a key file")]
    Unset(String),
    /// The file could not be read.
    #[error("the key file {0} cannot be read")]
    Unreadable(String),
    /// The file was read, and lacks what is needed.
    #[error("the key file {file} has no line {name}=…")]
    Missing {
        /// Which file.
        file: String,
        /// Which name.
        name: &'static str,
    },
}

impl Secret {
    /// These words.
    #[must_use]
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The words themselves, for the venue alone.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether these are the words.
    #[must_use]
    pub fn is(&self, words: &str) -> bool {
        self.0 == words
    }
}

impl Secret {
    /// A text that was cut off may end in the beginning of a secret.
    fn hide_half(&self, text: &mut String) {
        let end = text.trim_end_matches('…').len();
        let halves = (LOOKED_FOR_MIN..self.0.len()).rev().filter_map(|length| self.0.get(..length));
        for half in halves {
            if text[..end].ends_with(half) {
                text.replace_range(end - half.len().., HIDDEN);
                return;
            }
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Credentials {
    /// A key and its secret.
    #[must_use]
    pub fn pair(key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { key: Secret::new(key), secret: Some(Secret::new(secret)) }
    }

    /// A key alone.
    #[must_use]
    pub fn key(key: impl Into<String>) -> Self {
        Self { key: Secret::new(key), secret: None }
    }

    /// From the variables `{prefix}_KEY` and `{prefix}_SECRET` as `variable` knows them, or from the
    /// file that `{prefix}_KEY_FILE` names, with lines `key=…` and `secret=…`.
    ///
    /// # Errors
    ///
    /// When neither is there, or the file cannot be read or has no key.
    pub fn find(
        prefix: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CredentialsError> {
        if let Some(file) = variable(&format!("{prefix}_KEY_FILE")) {
            return Self::from_file(Path::new(&file));
        }
        let name = format!("{prefix}_KEY");
        let set = |name: &str| variable(name).filter(|words| !words.is_empty());
        let key = set(&name).ok_or(CredentialsError::Unset(name))?;
        let secret = set(&format!("{prefix}_SECRET")).map(Secret::new);
        Ok(Self { key: Secret::new(key), secret })
    }

    /// From a file with lines `key=…` and `secret=…`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is too long, or has no key.
    pub fn from_file(file: &Path) -> Result<Self, CredentialsError> {
        let name = file.display().to_string();
        let short = std::fs::metadata(file).is_ok_and(|about| about.len() <= FILE_BYTES_MAX);
        let text = short.then(|| std::fs::read_to_string(file).ok()).flatten();
        let text = text.ok_or_else(|| CredentialsError::Unreadable(name.clone()))?;
        let find = |wanted: &str| {
            let mut pairs = text.lines().filter_map(|line| line.split_once('='));
            let found = pairs.find(|(name, _)| name.trim() == wanted);
            found.map(|(_, words)| Secret::new(words.trim())).filter(|words| !words.is(""))
        };
        let key = find("key").ok_or(CredentialsError::Missing { file: name, name: "key" })?;
        Ok(Self { key, secret: find("secret") })
    }

    /// `text` without any of the secrets.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in std::iter::once(&self.key).chain(&self.secret) {
            if secret.0.len() >= LOOKED_FOR_MIN {
                clean = clean.replace(&secret.0, HIDDEN);
                secret.hide_half(&mut clean);
            }
        }
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_gives_them_or_a_file_that_it_names() {
        let of = |name: &str| match name {
            "V_KEY" => Some("PKABCDEF".to_owned()),
            "V_SECRET" => Some("s3cr3t-words".to_owned()),
            _ => None,
        };
        let both = Credentials::find("V", of).unwrap();
        assert!(both.key.is("PKABCDEF") && both.secret.as_ref().unwrap().is("s3cr3t-words"));
        assert_eq!(Credentials::find("W", of), Err(CredentialsError::Unset("W_KEY".to_owned())));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, "# mine\nkey = PKFILE99\nsecret=abc=def\n").unwrap();
        let named = path.display().to_string();
        let of = |name: &str| (name == "V_KEY_FILE").then(|| named.clone());
        let both = Credentials::find("V", of).unwrap();
        assert!(both.key.is("PKFILE99") && both.secret.as_ref().unwrap().is("abc=def"));

        std::fs::write(&path, "secret=hush-hush\n").unwrap();
        let error = Credentials::from_file(&path).unwrap_err().to_string();
        assert!(error.ends_with("has no line key=…") && !error.contains("hush"), "{error}");
        std::fs::write(&path, "k".repeat(FILE_BYTES_MAX as usize + 1)).unwrap();
        let error = Credentials::from_file(&path).unwrap_err();
        assert_eq!(error, CredentialsError::Unreadable(path.display().to_string()));
    }

    #[test]
    fn nothing_prints_them() {
        let both = Credentials::pair("PKABCDEF", "s3cr3t-words");
        let printed = format!("{both:?} {:?}", Some(&both));
        assert!(!printed.contains("PKABC") && !printed.contains("s3cr3t"), "{printed}");
        let told = both.clean("key PKABCDEF with s3cr3t-words is not allowed");
        assert_eq!(told, "key [hidden] with [hidden] is not allowed");
        assert_eq!(both.clean("it was s3cr3t-w…"), "it was [hidden]", "half of it is hidden too");
        assert_eq!(both.clean("it was PKABCDE"), "it was [hidden]");
        assert_eq!(Credentials::key("a").clean("a cat"), "a cat", "too short to look for");
    }
}
