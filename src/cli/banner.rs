//! What a start says: where the console is, who may sign in, what to try, where the data lie.

use std::{net::SocketAddr, path::Path};

use gateway::accounts::OneTimePassword;

use crate::demo;

/// What there is to say.
pub(super) struct Told<'a> {
    pub address: SocketAddr,
    pub data: &'a Path,
    /// The demo accounts' password, where there are any.
    pub demo: Option<&'a str>,
    pub just_made: bool,
    pub administrator: Option<OneTimePassword>,
    /// Whether pledges are registered with the built-in register.
    pub built_in_register: bool,
}

#[expect(clippy::print_stdout, reason = "the start page of a program on the command line")]
pub(super) fn say(told: &Told<'_>) {
    let door = format!("http://{}", told.address);
    println!("ip-finance  {}", env!("CARGO_PKG_VERSION"));
    println!("  控制台 console   {door}/");
    println!("  接口   API       {door}/reference");
    println!("  数据   data      {}", told.data.display());
    if let Some(administrator) = &told.administrator {
        println!(
            "  管理员 administrator   {}   一次性密码 one-time password   {}",
            administrator.username, administrator.password
        );
    }
    let Some(password) = told.demo else {
        if told.built_in_register {
            println!(
                "  登记簿 register  未设 IPF_REGISTER_URL：质押登记使用内置登记簿，未连接国家知识产权局"
            );
            println!(
                "                   the built-in register takes pledges; no patent office is connected (docs/register.md)"
            );
        }
        return;
    };
    if told.just_made {
        println!("  演示年度已生成 the demo year has been made");
    }
    println!("  演示账户 demo accounts（密码 password: {password}）");
    for (username, what) in demo::accounts() {
        println!("    {username:<36} {what}");
    }
    println!("  试一试 try:");
    println!(
        "    TOKEN=$(curl -s {door}/auth/token -H 'content-type: application/json' -d '{{\"username\":\"officer@bank-a.demo\",\"password\":\"{password}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
    );
    println!("    curl -s {door}/api/pledge/v1/facilities -H \"authorization: Bearer $TOKEN\"");
    println!("    curl -s '{door}/api/valuation/v1/patents?limit=3' -H \"authorization: Bearer $TOKEN\"");
}
