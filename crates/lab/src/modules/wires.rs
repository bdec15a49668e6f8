//! Answers that break HTTP, or never end (security.md: T14, D5, HC02, HC03, HC20).

use http::StatusCode;

use crate::module::{At, Module, Reuse, module};
use crate::wire::Wire;

const STOPS: &str = "stops reading within its limits, and keeps nothing of it";

pub(super) fn modules() -> Vec<Module> {
    let mut list: Vec<Module> =
        tricks().into_iter().flat_map(|(name, words, wire)| everywhere(name, words, &wire)).collect();
    list.extend(bodies());
    list.extend([
        module("HC20.continues", "100,000 times “100 Continue”, then the answer", &["T14"])
            .good("takes the answer, or gives up, without growing")
            .wire(At::Code, Wire::Continues(100_000)),
        module("HC20.hang", "the answer to a renewal never comes", &["T14", "R9"])
            .renews(2, "gives up after its time, keeps its token, and sends it once more")
            .policy(|policy| policy.reuse = Reuse::Grace)
            .wire(At::Refresh, Wire::Hang)
            .times(1),
        module("HC03.drip", "the answer to a renewal comes as one byte in a second", &["T14", "R9"])
            .renews(2, "gives up after its time, keeps its token, and sends it once more")
            .policy(|policy| policy.reuse = Reuse::Grace)
            .wire(At::Refresh, Wire::Drip)
            .times(1),
        module("HC03.slow", "the answer to the code comes as one byte in a second", &["T14"])
            .refused(1, STOPS)
            .wire(At::Code, Wire::Drip),
        module("HD05.slow", "the metadata comes as one byte in a second", &["D5"])
            .refused(0, STOPS)
            .wire(At::Discovery, Wire::Drip),
    ]);
    list
}

fn tricks() -> Vec<(&'static str, &'static str, Wire)> {
    let raw = |bytes: &[u8]| Wire::Bytes(bytes.to_vec());
    vec![
        ("endless", "chunks without end", Wire::Endless),
        ("ten", "10 GiB", Wire::TenGigabytes),
        ("part", "half of what was announced", Wire::Truncated),
        ("last", "all but the last byte of what was announced", Wire::WithoutLast),
        ("status", "half of a status line", Wire::StatusLine),
        ("headers", "headers without end", Wire::EndlessHeaders),
        ("line", "one header line without end", Wire::EndlessLine),
        ("hints", "“103 Early Hints” without end", Wire::OnlyInformational),
        ("naked", "HTTP/0.9: a body without a head", Wire::Naked),
        ("junk", "bytes that are not HTTP", raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")),
        ("chunk", "a chunk of size −1", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}")),
        ("lengths", "two lengths that differ", Wire::HeaderLines("Content-Length: 7\r\n")),
        ("nul", "a header with NUL", Wire::HeaderLines("X-Lab: a\0b\r\n")),
    ]
}

/// One trick at the three places where an answer is read.
fn everywhere(name: &str, words: &str, wire: &Wire) -> Vec<Module> {
    vec![
        module(format!("HD05.{name}"), format!("metadata: {words}"), &["D5"])
            .refused(0, STOPS)
            .wire(At::Discovery, wire.clone()),
        module(format!("HC03.{name}"), format!("answer to the code: {words}"), &["T14"])
            .refused(1, STOPS)
            .wire(At::Code, wire.clone()),
        // The neighbours of these at a renewal: the token must outlive them.
        module(format!("HC03.r{name}"), format!("answer to a renewal: {words}"), &["T14", "R9"])
            .kept(2, "takes the answer for lost, and sends the token at most once more")
            .policy(|policy| policy.rotate = false)
            .wire(At::Refresh, wire.clone())
            .times(1),
    ]
}

fn bodies() -> Vec<Module> {
    let packed = |name: &'static str, words: &str, encoding: &'static str, body: Vec<u8>| {
        module(format!("HC03.{name}"), format!("answer to the code: {words}"), &["T14"]).refused(1, STOPS).reply(
            At::Code,
            move |reply, _| {
                reply.set("Content-Encoding", encoding);
                reply.body.clone_from(&body);
            },
        )
    };
    vec![
        packed("zstd", "256 MiB in 8 KiB of zstd", "zstd", zstd_bomb(2_048)),
        packed("gzip", "“gzip” that is not", "gzip", b"not gzip at all".to_vec()),
        packed("nested", "zstd in zstd", "zstd, zstd", zstd_bomb(8)),
        module("HC02.utf16", "the answer to the code in UTF-16", &["T14", "J7"]).refused(1, STOPS).reply(
            At::Code,
            |reply, _| {
                reply.set("Content-Type", "application/json; charset=utf-16");
                let text = String::from_utf8_lossy(&reply.body).into_owned();
                reply.body = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            },
        ),
        module("HC02.bom", "the answer to the code begins with a byte order mark", &["J7"])
            .refused(1, "reads JSON and nothing else")
            .reply(At::Code, |reply, _| reply.body.splice(0..0, [0xef, 0xbb, 0xbf]).for_each(drop)),
        module("HC02.type", "the answer to the code is JSON and calls itself text/plain", &["T14"])
            .good("signs in: what it is counts")
            .reply(At::Code, |reply, _| reply.set("Content-Type", "text/plain")),
        module("HC02.untyped", "the answer to the code has no type", &["T14"])
            .good("signs in: what it is counts")
            .reply(At::Code, |reply, _| reply.headers.retain(|(name, _)| name != "Content-Type")),
        module("HC02.created", "the answer to the code has HTTP 201", &["T14"])
            .good("signs in")
            .reply(At::Code, |reply, _| reply.status = StatusCode::CREATED.as_u16()),
    ]
}

/// A zstd frame (RFC 8878) of so many blocks, each of which says "128 KiB of zeros" in four bytes.
fn zstd_bomb(blocks: u32) -> Vec<u8> {
    // Magic number; no content size, no checksum; a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    for block in 1..=blocks {
        let header = ((128 * 1024) << 3) | (1 << 1) | u32::from(block == blocks);
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}
