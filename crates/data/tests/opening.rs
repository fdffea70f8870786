//! Files are opened by what they hold, and what is too large to be meant is refused before it unfolds.

use pitfloor_data::error::DataError;
use pitfloor_data::opening::{Archive, Limits, RATIO_FREE_BYTES, Wrapping, open};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;

const LINES: &str = "one\ntwo,2\r\n\nfour";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn zip(files: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let method =
        if deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn written(folder: &Path, bytes: &[u8]) -> PathBuf {
    let file = folder.join("file");
    std::fs::write(&file, bytes).unwrap();
    file
}

/// All lines of `file`, or what is said of it.
fn lines(file: &Path, limits: Limits) -> Result<Vec<String>, String> {
    let say = |error: DataError| {
        assert!(!error.is_world(), "the file is at fault: {error}");
        let folder = format!("{}/", file.parent().unwrap().display());
        error.to_string().replace(&folder, "")
    };
    let mut stream = open(file, limits).map_err(say)?;
    let mut lines = Vec::new();
    while stream.next_line().map_err(say)? {
        lines.push(String::from_utf8(stream.line().to_vec()).unwrap());
        assert_eq!(stream.line_number(), lines.len() as u64);
    }
    Ok(lines)
}

fn of(bytes: &[u8], limits: Limits) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    lines(&written(folder.path(), bytes), limits)
}

#[test]
fn whatever_wraps_it_the_lines_are_the_same() {
    let text = LINES.as_bytes();
    let folder = tempfile::tempdir().unwrap();
    let twice = [gzip(&text[..5]), gzip(&text[5..])].concat();
    for (bytes, wrapping) in [
        (text.to_vec(), Wrapping::Plain),
        (gzip(text), Wrapping::Gzip),
        (twice, Wrapping::Gzip),
        (zstd(text), Wrapping::Zstd),
        (zip(&[("a.csv", text)], true), Wrapping::Zip),
        (zip(&[("a.csv", text)], false), Wrapping::Zip),
    ] {
        let file = written(folder.path(), &bytes);
        assert_eq!(lines(&file, Limits::default()).unwrap(), ["one", "two,2", "", "four"]);
        let mut stream = open(&file, Limits::default()).unwrap();
        assert_eq!(stream.wrapping(), wrapping);
        assert_eq!(stream.peek(4).unwrap(), b"one\n");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert_eq!((all.as_slice(), stream.taken()), (text, text.len() as u64));
        assert!(stream.peek(1).unwrap().is_empty());
    }
}

#[test]
fn lines_longer_than_a_buffer_are_whole() {
    let long = "x".repeat(700_000);
    let text = format!("a\n{long}\nb\n");
    let read = of(text.as_bytes(), Limits::default()).unwrap();
    assert_eq!(read, ["a", long.as_str(), "b"]);
    let limits = Limits { line_bytes: 500_000, ..Limits::default() };
    assert_eq!(
        of(text.as_bytes(), limits).unwrap_err(),
        "file: line 2, line: found more than 500000 bytes without end, expected a line that ends"
    );
}

#[test]
fn what_is_not_read_here_is_refused_by_name() {
    let known = "expected plain bytes, a gzip or zstd stream, or a zip archive";
    for (bytes, what) in [
        (&b""[..], "an empty file"),
        (b"\xfd7zXZ\0\0\x04", "an xz stream"),
        (b"BZh91AY&SY", "a bzip2 stream"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    ] {
        let said = of(bytes, Limits::default()).unwrap_err();
        assert_eq!(said, format!("file: content: found {what}, {known}"));
    }
    let twice = of(&gzip(&zstd(LINES.as_bytes())), Limits::default()).unwrap_err();
    assert!(twice.contains("found a zstd stream inside a gzip stream"), "{twice}");
    let two = of(&zip(&[("a", b"1"), ("b", b"2")], true), Limits::default()).unwrap_err();
    assert_eq!(two, "file: content: found an archive of 2 files, expected an archive of one file");
}

/// 64 MiB of zeros from a few kilobytes.
#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    let zeros = vec![0_u8; 4 * RATIO_FREE_BYTES as usize];
    let limits = Limits { line_bytes: usize::MAX / 2, ..Limits::default() };
    for bytes in [gzip(&zeros), zstd(&zeros), zip(&[("zeros", &zeros)], true)] {
        assert!(bytes.len() < 100_000);
        let said = of(&bytes, limits).unwrap_err();
        assert!(said.contains("size: found ") && said.ends_with("at most 500 from one"), "{said}");
    }
    let few = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(
        of(&gzip(LINES.as_bytes()), few).unwrap_err(),
        "file: line 1, size: found at least 16 bytes, expected at most 10 bytes"
    );
    let said = of(&zip(&[("a", LINES.as_bytes())], true), few).unwrap_err();
    assert_eq!(said, "file: archive, \"a\": found 16 bytes, expected at most 10 bytes");
    let none = Limits { members: 0, ..Limits::default() };
    let said = of(&zip(&[("a", b"1")], true), none).unwrap_err();
    assert_eq!(said, "file: archive: found 1 files, expected at most 0 files");
}

#[test]
fn the_files_of_an_archive_are_read_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = zip(&[("b.csv", b"1\n2\n"), ("a.csv", b""), ("c.csv", b"3\n")], true);
    let file = written(folder.path(), &bytes);
    let archive = Archive::open(&file, Limits::default()).unwrap();
    let names: Vec<_> = archive.members().iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["b.csv", "a.csv", "c.csv"], "the archive's own order");
    let count = |place: usize| {
        let mut stream = archive.stream(place).unwrap();
        assert_eq!(stream.file(), file.join(names[place]));
        std::iter::from_fn(|| stream.next_line().unwrap().then_some(())).count()
    };
    assert_eq!([count(0), count(1), count(2)], [2, 0, 1]);
    let error = Archive::open(&written(folder.path(), b"1\n"), Limits::default()).unwrap_err();
    assert!(error.to_string().contains("found plain bytes, expected a zip archive"), "{error}");
}

/// Whatever byte of an archive is changed or wherever it is cut: it is refused, or reads the same.
#[test]
fn a_damaged_archive_never_gives_other_lines() {
    let whole = of(LINES.as_bytes(), Limits::default()).unwrap();
    for deflated in [false, true] {
        let bytes = zip(&[("a.csv", LINES.as_bytes())], deflated);
        let folder = tempfile::tempdir().unwrap();
        let mut refused = 0;
        // Without its first four bytes it would not be taken for an archive at all.
        for at in 4..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            match lines(&written(folder.path(), &changed), Limits::default()) {
                Ok(read) => assert_eq!(read, whole, "byte {at}"),
                Err(_) => refused += 1,
            }
            let cut = written(folder.path(), &bytes[..at]);
            assert!(lines(&cut, Limits::default()).is_err(), "cut at {at}");
        }
        assert!(refused > 30, "{refused} of {}", bytes.len());
    }
}

#[test]
fn the_tail_of_a_recorder_that_was_killed_may_be_let_pass() {
    let whole = gzip(b"1\n2\n");
    let bytes = [&whole[..], &gzip(b"3\n4\n")[..12]].concat();
    let said = of(&bytes, Limits::default()).unwrap_err();
    assert!(said.contains("found the end of the file in the middle of it"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), &bytes);
    let limits = Limits { cut_tail: true, ..Limits::default() };
    let mut stream = open(&file, limits).unwrap();
    let mut count = 0;
    while stream.next_line().unwrap() {
        count += 1;
    }
    assert_eq!((count, stream.was_cut()), (2, true));
}
