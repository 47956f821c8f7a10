//! ClamAV's daemon over TCP by its command `INSTREAM`: the content in chunks, each with its length in four bytes in
//! network order, a chunk of length zero at the end; one line comes back (man page clamd(8), "COMMANDS").

use async_trait::async_trait;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{NoVerdict, Scanner, Verdict};

/// Bytes in one chunk.
const CHUNK_BYTES: usize = 64 * 1024;
/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 4 * 1024;

/// A clamd at an address.
#[derive(Debug, Clone)]
pub struct Clamd {
    address: String,
}

impl Clamd {
    /// The clamd at `host:port`.
    #[must_use]
    pub fn at(address: impl Into<String>) -> Self {
        Self { address: address.into() }
    }

    async fn ask(&self, content: &[u8]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(b"zINSTREAM\0").await?;
        for chunk in content.chunks(CHUNK_BYTES) {
            let length = u32::try_from(chunk.len()).map_err(std::io::Error::other)?;
            let sent = async {
                stream.write_all(&length.to_be_bytes()).await?;
                stream.write_all(chunk).await
            };
            // Beyond its own limit it answers and hangs up while we still send: what it said is read all the same.
            if sent.await.is_err() {
                return answer(&mut stream).await;
            }
        }
        stream.write_all(&0_u32.to_be_bytes()).await?;
        stream.flush().await?;
        answer(&mut stream).await
    }
}

async fn answer(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut text = Vec::new();
    let mut buffer = [0_u8; 512];
    loop {
        let read = stream.read(&mut buffer).await?;
        text.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if read == 0 || text.contains(&0) || text.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    let line = text.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).trim().to_owned())
}

/// What its line means: `stream: OK`, `stream: Eicar-Test-Signature FOUND`, anything else is no verdict.
fn meaning(line: &str) -> Result<Verdict, NoVerdict> {
    let said = line.strip_prefix("stream:").unwrap_or(line).trim();
    if said == "OK" {
        return Ok(Verdict::Clean);
    }
    match said.strip_suffix(" FOUND").map(str::trim) {
        Some(signature) if !signature.is_empty() => Ok(Verdict::Infected { signature: signature.to_owned() }),
        _ => Err(NoVerdict(if line.is_empty() { "it hung up".to_owned() } else { line.to_owned() })),
    }
}

#[async_trait]
impl Scanner for Clamd {
    fn name(&self) -> Option<&str> {
        Some("clamd")
    }

    async fn scan(&self, content: &[u8]) -> Result<Verdict, NoVerdict> {
        let line = self.ask(content).await.map_err(|error| NoVerdict(error.to_string()))?;
        meaning(&line)
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A clamd that reads one stream whole and answers with a line; gives the address and what it read.
    async fn fake(line: &'static [u8]) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let read = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0_u8; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut content = Vec::new();
            loop {
                let length = stream.read_u32().await.unwrap();
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0_u8; usize::try_from(length).unwrap()];
                stream.read_exact(&mut chunk).await.unwrap();
                content.extend(chunk);
            }
            stream.write_all(line).await.unwrap();
            content
        });
        (address, read)
    }

    #[tokio::test]
    async fn the_whole_content_is_sent_in_chunks_and_the_line_is_understood() {
        let content: Vec<u8> = (0..200_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let (address, read) = fake(b"stream: OK\0").await;
        assert_eq!(Clamd::at(address).scan(&content).await, Ok(Verdict::Clean));
        assert_eq!(read.await.unwrap(), content);
        let (address, _) = fake(b"stream: Eicar-Test-Signature FOUND\0").await;
        let found = Verdict::Infected { signature: "Eicar-Test-Signature".to_owned() };
        assert_eq!(Clamd::at(address).scan(b"x").await, Ok(found));
    }

    #[tokio::test]
    async fn an_error_a_silence_or_nobody_there_is_no_verdict() {
        let (address, _) = fake(b"INSTREAM size limit exceeded. ERROR\0").await;
        assert!(Clamd::at(address).scan(b"x").await.is_err());
        let (address, _) = fake(b"").await;
        assert_eq!(Clamd::at(address).scan(b"x").await, Err(NoVerdict("it hung up".to_owned())));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = listener.local_addr().unwrap().to_string();
        drop(listener);
        assert!(Clamd::at(nobody).scan(b"x").await.is_err());
    }
}
