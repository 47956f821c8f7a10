//! Lists, files, products, the trial balance, reserves.

use serde_json::{Value, json};

use super::{
    setting::{self, BANK, ENTERPRISE, INSURER, OTHER_INSURER, settings},
    story::patent_quote,
};

#[tokio::test]
async fn lists_are_paged_filtered_and_exported() {
    for setting in settings().await {
        let underwriter = setting.underwriter();
        for limit in ["100000.00", "200000.00", "300000.00"] {
            assert_eq!(setting.post(&underwriter, "/quotes", None, patent_quote(limit)).await.0, 201);
        }
        let (_, first) = setting.get(&underwriter, "/quotes?limit=2&sort=-premium").await;
        assert_eq!(first["items"][0]["aggregate_limit"], "300000.00");
        let cursor = first["next_cursor"].as_str().unwrap();
        let (_, rest) =
            setting.get(&underwriter, &format!("/quotes?limit=2&sort=-premium&cursor={cursor}")).await;
        assert_eq!(rest["items"][0]["aggregate_limit"], "100000.00");
        assert_eq!(rest["next_cursor"], Value::Null);
        let (_, none) = setting.get(&underwriter, "/quotes?status=bound").await;
        assert_eq!(none["items"], json!([]));
        let (status, refused) = setting.get(&underwriter, "/quotes?sort=mood").await;
        assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("sort")));
        for list in ["quotes", "policies", "claims", "insurable-loans", "products", "ledger/trial-balance"] {
            for format in ["csv", "xlsx"] {
                let (status, bytes) =
                    setting.file(&underwriter, &format!("/{list}/export?format={format}")).await;
                assert!(status == 200 && !bytes.is_empty(), "{list} {format} {status}");
            }
        }
        let (status, _) = setting.get(&setting.examiner(), "/ledger/trial-balance").await;
        assert_eq!(status, 422, "the regulator names whose book");
        let whose = setting::id(INSURER);
        let (status, _) =
            setting.get(&setting.examiner(), &format!("/ledger/trial-balance?insurer_id={whose}")).await;
        assert_eq!(status, 200);
        let other = setting::id(OTHER_INSURER);
        let (status, _) =
            setting.get(&underwriter, &format!("/ledger/trial-balance?insurer_id={other}")).await;
        assert_eq!(status, 404);
        let (status, refused) = setting.get(&underwriter, "/ledger/trial-balance?as_of=2099-01-01").await;
        assert_eq!(
            (status, &refused["errors"][0]["field"]),
            (422, &json!("as_of")),
            "a day that has not come"
        );
    }
}

#[tokio::test]
async fn products_show_their_terms_and_reserves_are_previewed_by_any_of_the_three_methods() {
    for setting in settings().await {
        let (_, products) = setting.get(&setting.enterprise(ENTERPRISE), "/products").await;
        assert_eq!(products["items"].as_array().unwrap().len(), 2);
        let (status, product) = setting.get(&setting.loan_officer(BANK), "/products/enforcement").await;
        assert_eq!((status, &product["coinsurance"]), (200, &json!("0.10")));
        assert_eq!(setting.get(&setting.underwriter(), "/products/life").await.0, 404);
        let triangle = json!([["100", "200", "300"], ["50", "100"], ["10"]]);
        for (method, extra) in [
            ("mack", json!({})),
            ("cape_cod", json!({ "premiums": ["600", "300", "120"] })),
            (
                "bornhuetter_ferguson",
                json!({ "premiums": ["600", "300", "120"], "expected_loss_ratio": "0.5" }),
            ),
        ] {
            let mut asked = json!({ "triangle": triangle, "method": method });
            asked.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let (status, preview) =
                setting.post(&setting.enterprise(ENTERPRISE), "/reserves/preview", None, asked).await;
            assert_eq!(status, 200, "{preview}");
            assert_eq!(preview["by_origin"].as_array().unwrap().len(), 3, "{method}");
        }
        assert_eq!(setting.anonymous("/products").await, 401);
    }
}
