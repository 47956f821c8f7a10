//! Who takes part. Every name is made up; ids and credit codes are the same in every demo.

use contracts::{OrgId, OrgKind, UserId};
use finance::credit_code_check;
use identity::{Caller, Role};
use uuid::Uuid;

/// Its presence marks an installation as a demo.
pub(super) const ADMINISTRATOR: &str = "admin@platform.demo";

/// An organisation of the demo.
#[derive(Debug, Clone, Copy)]
pub(super) struct Organisation {
    number: u128,
    /// Its kind.
    pub kind: OrgKind,
    /// Its name.
    pub name: &'static str,
    /// The district of the city.
    pub district: &'static str,
    /// The industry's code, for enterprises.
    pub industry: Option<&'static str>,
    /// The cluster, for enterprises and operators.
    pub cluster: Option<&'static str>,
}

/// A person of the demo.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    /// The user name.
    pub username: &'static str,
    /// The name.
    pub name: &'static str,
    /// The organisation.
    pub of: Organisation,
    /// The role there.
    pub role: Role,
}

/// Ids that sort and read like any other, the same in every demo.
const FIRST_ID: u128 = 0x0195_0000_0000_7000_8000_0000_0000_0000;

impl Organisation {
    pub(super) fn id(&self) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(FIRST_ID + self.number))
    }

    /// A registration code that checks (GB 32100-2015), of a body that does not exist.
    pub(super) fn credit_code(&self) -> Option<String> {
        let first = format!("91511700MA{:07}", 6_000_000 + self.number);
        credit_code_check(&first).map(|check| format!("{first}{check}"))
    }
}

impl Person {
    pub(super) fn id(&self) -> UserId {
        let tail =
            self.username.bytes().fold(7_u128, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
        UserId::from_uuid(Uuid::from_u128(FIRST_ID | 1 << 60 | tail & 0xFFFF_FFFF_FFFF))
    }

    /// The person as the services see them.
    pub(super) fn caller(&self) -> Caller {
        Caller {
            user: self.id(),
            name: self.name.to_owned(),
            tenant: self.of.id(),
            tenant_name: self.of.name.to_owned(),
            org_kind: self.of.kind,
            roles: vec![self.role],
        }
    }
}

const fn organisation(number: u128, kind: OrgKind, name: &'static str) -> Organisation {
    Organisation { number, kind, name, district: "通川区", industry: None, cluster: None }
}

/// The cluster of the first facility.
pub(super) const CLUSTER: &str = "达州天然气锂钾综合利用产业集群";
/// The cluster of bank B's facility.
pub(super) const OTHER_CLUSTER: &str = "达州现代农业装备产业集群";

const fn enterprise(
    number: u128,
    name: &'static str,
    industry: &'static str,
    district: &'static str,
) -> Organisation {
    let cluster = if number <= 18 { CLUSTER } else { OTHER_CLUSTER };
    Organisation {
        number,
        kind: OrgKind::Enterprise,
        name,
        district,
        industry: Some(industry),
        cluster: Some(cluster),
    }
}

pub(super) const BANK_A: Organisation = organisation(1, OrgKind::Bank, "巴山银行（演示）");
pub(super) const BANK_B: Organisation = organisation(2, OrgKind::Bank, "渠江银行（演示）");
pub(super) const BANK_C: Organisation = organisation(3, OrgKind::Bank, "凤凰银行（演示）");
pub(super) const INSURER: Organisation = organisation(4, OrgKind::Insurer, "州河财产保险（演示）");
pub(super) const UNIVERSITY: Organisation = organisation(5, OrgKind::Institute, "川东理工大学（演示）");
const REGULATOR: Organisation = organisation(6, OrgKind::Regulator, "达州金融监管（演示）");
const PLATFORM: Organisation = organisation(7, OrgKind::Platform, "专利金融平台（演示）");
pub(super) const OPERATOR: Organisation = Organisation {
    cluster: Some(CLUSTER),
    ..organisation(8, OrgKind::ClusterOperator, "天然气锂钾产业园运营公司（演示）")
};

/// The enterprises: the first eight are the members of bank A's facility, the others of bank B's.
/// The city's risk-compensation fund. Its number stands after the enterprises'.
pub(super) const FUND: Organisation = organisation(40, OrgKind::Fund, "达州市专利融资风险补偿基金（演示）");

pub(super) const ENTERPRISES: [Organisation; 12] = [
    enterprise(11, "宣汉清源天然气化工有限公司（演示）", "natural_gas_chemistry", "宣汉县"),
    enterprise(12, "渠县玄武纤维新材料有限公司（演示）", "new_materials", "渠县"),
    enterprise(13, "达州锂源新能源材料有限公司（演示）", "lithium_potassium", "宣汉县"),
    enterprise(14, "万源硒谷农业科技有限公司（演示）", "agriculture", "万源市"),
    enterprise(15, "通川精工机械制造有限公司（演示）", "mechanical_engineering", "通川区"),
    enterprise(16, "开江甲醇蛋白科技有限公司（演示）", "natural_gas_chemistry", "开江县"),
    enterprise(17, "大竹苎麻复合材料有限公司（演示）", "new_materials", "大竹县"),
    enterprise(18, "达川钾盐综合利用有限公司（演示）", "lithium_potassium", "达川区"),
    enterprise(19, "达州智耕农业装备有限公司（演示）", "agriculture", "达川区"),
    enterprise(20, "渠县联合收获机械有限公司（演示）", "mechanical_engineering", "渠县"),
    enterprise(21, "大竹丘陵农机有限公司（演示）", "mechanical_engineering", "大竹县"),
    enterprise(22, "开江粮油精深加工有限公司（演示）", "agriculture", "开江县"),
];

/// The owners of generated patents, each industry's in its place: natural-gas chemistry, new materials, lithium and
/// potassium, agriculture, mechanical engineering, and again. The university works in three of them.
pub(super) fn patent_owners() -> Vec<Organisation> {
    let mut owners = ENTERPRISES[..10].to_vec();
    owners.extend([UNIVERSITY, UNIVERSITY, UNIVERSITY, ENTERPRISES[11], ENTERPRISES[10]]);
    owners
}

/// Every organisation.
pub(super) fn organisations() -> Vec<Organisation> {
    let mut all = vec![BANK_A, BANK_B, BANK_C, INSURER, UNIVERSITY, REGULATOR, PLATFORM, OPERATOR, FUND];
    all.extend(ENTERPRISES);
    all
}

const fn person(username: &'static str, name: &'static str, of: Organisation, role: Role) -> Person {
    Person { username, name, of, role }
}

pub(super) const OFFICER_A: Person = person("officer@bank-a.demo", "向明", BANK_A, Role::LoanOfficer);
pub(super) const APPROVER_A: Person = person("approver@bank-a.demo", "苟静", BANK_A, Role::CreditApprover);
pub(super) const OPERATIONS_A: Person = person("operations@bank-a.demo", "冉涛", BANK_A, Role::Operations);
pub(super) const RISK_A: Person = person("risk@bank-a.demo", "任伟", BANK_A, Role::RiskManager);
pub(super) const DEVELOPER_A: Person = person("developer@bank-a.demo", "解明", BANK_A, Role::ModelDeveloper);
pub(super) const VALIDATOR_A: Person = person("validator@bank-a.demo", "束敏", BANK_A, Role::ModelValidator);
pub(super) const OFFICER_B: Person = person("officer@bank-b.demo", "庞磊", BANK_B, Role::LoanOfficer);
pub(super) const APPROVER_B: Person = person("approver@bank-b.demo", "蒲丽", BANK_B, Role::CreditApprover);
pub(super) const OPERATIONS_B: Person = person("operations@bank-b.demo", "覃勇", BANK_B, Role::Operations);
pub(super) const RISK_B: Person = person("risk@bank-b.demo", "侯岩", BANK_B, Role::RiskManager);
pub(super) const APPROVER_C: Person = person("approver@bank-c.demo", "卓玲", BANK_C, Role::CreditApprover);
pub(super) const UNDERWRITER: Person =
    person("underwriter@insurer-a.demo", "唐宁", INSURER, Role::Underwriter);
pub(super) const CLAIMS_HANDLER: Person =
    person("claims@insurer-a.demo", "郝敏", INSURER, Role::ClaimsHandler);
pub(super) const CLAIMS_APPROVER: Person =
    person("claims-approver@insurer-a.demo", "牟平", INSURER, Role::ClaimsApprover);
pub(super) const TRANSFER_OFFICE: Person =
    person("transfer-office@university-a.demo", "龙海", UNIVERSITY, Role::TransferOffice);
/// An inventor of the university, with an account.
pub(super) const INVENTOR: Person = person("inventor@university-a.demo", "易楠", UNIVERSITY, Role::Inventor);
pub(super) const INSTITUTE_ADMIN: Person =
    person("admin@university-a.demo", "骆平", UNIVERSITY, Role::InstituteAdmin);
/// Experts of enterprises, who evaluate the university's patents.
pub(super) const EVALUATORS: [Person; 3] = [
    person("evaluator@enterprise-1.demo", "柯岭", ENTERPRISES[0], Role::Evaluator),
    person("evaluator@enterprise-2.demo", "乔蔚", ENTERPRISES[1], Role::Evaluator),
    person("evaluator@enterprise-3.demo", "秦朗", ENTERPRISES[2], Role::Evaluator),
];

pub(super) const FUND_MANAGER: Person = person("manager@fund-a.demo", "戴英", FUND, Role::FundManager);
pub(super) const FUND_SECOND: Person = person("manager-2@fund-a.demo", "祝强", FUND, Role::FundManager);

pub(super) const PLATFORM_ADMIN: Person = person(ADMINISTRATOR, "平台管理员", PLATFORM, Role::PlatformAdmin);
/// Approves what the administrator proposes of the tables that valuations rest on.
pub(super) const PLATFORM_SECOND: Person =
    person("admin-2@platform.demo", "平台复核员", PLATFORM, Role::PlatformAdmin);

/// The finance officer of each enterprise.
pub(super) const BORROWERS: [Person; 12] = [
    person("finance@enterprise-1.demo", "何建国", ENTERPRISES[0], Role::Finance),
    person("finance@enterprise-2.demo", "邓秀英", ENTERPRISES[1], Role::Finance),
    person("finance@enterprise-3.demo", "罗志强", ENTERPRISES[2], Role::Finance),
    person("finance@enterprise-4.demo", "胡小琴", ENTERPRISES[3], Role::Finance),
    person("finance@enterprise-5.demo", "廖文彬", ENTERPRISES[4], Role::Finance),
    person("finance@enterprise-6.demo", "谭春燕", ENTERPRISES[5], Role::Finance),
    person("finance@enterprise-7.demo", "彭国栋", ENTERPRISES[6], Role::Finance),
    person("finance@enterprise-8.demo", "石玉兰", ENTERPRISES[7], Role::Finance),
    person("finance@enterprise-9.demo", "曾凡", ENTERPRISES[8], Role::Finance),
    person("finance@enterprise-10.demo", "贺婷", ENTERPRISES[9], Role::Finance),
    person("finance@enterprise-11.demo", "游斌", ENTERPRISES[10], Role::Finance),
    person("finance@enterprise-12.demo", "余芳", ENTERPRISES[11], Role::Finance),
];

/// Everybody.
pub(super) fn people() -> Vec<Person> {
    let mut all = vec![
        OFFICER_A,
        APPROVER_A,
        OPERATIONS_A,
        RISK_A,
        DEVELOPER_A,
        VALIDATOR_A,
        OFFICER_B,
        APPROVER_B,
        OPERATIONS_B,
        RISK_B,
        person("officer@bank-c.demo", "符蓉", BANK_C, Role::LoanOfficer),
        APPROVER_C,
        UNDERWRITER,
        CLAIMS_HANDLER,
        CLAIMS_APPROVER,
        TRANSFER_OFFICE,
        INVENTOR,
        INSTITUTE_ADMIN,
        FUND_MANAGER,
        FUND_SECOND,
        person("approver-2@bank-a.demo", "鲜明", BANK_A, Role::CreditApprover),
        person("operations-2@bank-a.demo", "桂兰", BANK_A, Role::Operations),
        person("operator@cluster-a.demo", "柏松", OPERATOR, Role::ClusterOperator),
        person("examiner@regulator.demo", "景岚", REGULATOR, Role::Examiner),
        PLATFORM_ADMIN,
        PLATFORM_SECOND,
    ];
    all.extend(BORROWERS);
    all.extend(EVALUATORS);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_owner_stands_where_its_industry_is() {
        const INDUSTRIES: [&str; 5] = [
            "natural_gas_chemistry",
            "new_materials",
            "lithium_potassium",
            "agriculture",
            "mechanical_engineering",
        ];
        for (place, owner) in patent_owners().iter().enumerate() {
            assert!(
                owner.industry.is_none_or(|industry| industry == INDUSTRIES[place % 5]),
                "{}",
                owner.name
            );
        }
    }

    #[test]
    fn everybody_has_an_id_of_their_own_and_every_credit_code_checks() {
        let people: HashSet<UserId> = people().iter().map(Person::id).collect();
        assert_eq!(people.len(), super::people().len());
        for organisation in organisations() {
            let code = organisation.credit_code().expect("a code");
            assert!(code.parse::<finance::CreditCode>().is_ok(), "{code}");
        }
    }
}
