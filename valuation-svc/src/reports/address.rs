//! The address at which people verify reports, printed on each of them.

use http_kit::config::{ConfigError, Settings};

/// The page of the console at which codes are entered; it needs no signing in.
const PAGE: &str = "/verify";
/// The longest address of the platform: with a code it still makes a QR code that a telephone reads from paper.
const CHARS_MAX: usize = 120;

/// The verification page of an installation; `None` where nobody has said where the platform is reached.
///
/// # Errors
/// One sentence where the address does not read.
pub fn verification_page(settings: &Settings) -> Result<Option<String>, ConfigError> {
    let Some(address) = &settings.public_url else { return Ok(None) };
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let sound = host.is_some_and(|host| {
        !host.is_empty() && address.len() <= CHARS_MAX && host.bytes().all(|byte| byte.is_ascii_graphic())
    });
    if sound && !address.contains(['?', '#']) {
        Ok(Some(format!("{}{PAGE}", address.trim_end_matches('/'))))
    } else {
        Err(ConfigError(format!(
            "IPF_PUBLIC_URL does not read: write an address such as https://ip-finance.example, {CHARS_MAX} characters at most"
        )))
    }
}

/// The address at which a report is verified.
pub(super) fn of_code(page: &str, code: &str) -> String {
    format!("{page}?code={code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str) -> Result<Option<String>, ConfigError> {
        verification_page(&Settings { public_url: Some(address.to_owned()), ..Settings::default() })
    }

    #[test]
    fn the_page_is_below_the_address_of_the_platform_and_what_is_no_address_is_refused() {
        assert_eq!(page("https://ipf.example/").unwrap().unwrap(), "https://ipf.example/verify");
        assert_eq!(page("http://10.0.0.8:8080").unwrap().unwrap(), "http://10.0.0.8:8080/verify");
        for wrong in ["ipf.example", "https://", "https://ipf.example/?a=b", "https://ipf example", "ftp://x"]
        {
            assert!(page(wrong).is_err(), "{wrong}");
        }
        assert!(page(&format!("https://{}", "x".repeat(120))).is_err());
        assert_eq!(verification_page(&Settings::default()).unwrap(), None);
    }
}
