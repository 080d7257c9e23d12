//! IP networks. An address is a 128-bit number and a width, so that IPv4 and IPv6 are one case.

use std::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal};
use crate::value::{Number, Type, Value};

const PREFIX: Parameter = Parameter::new("prefix", Kind::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "cidrhost",
        parameters: &[PREFIX, Parameter::new("hostnum", Kind::Number)],
        rest: None,
        returns: Kind::String,
        run: host,
    },
    Function { name: "cidrnetmask", parameters: &[PREFIX], rest: None, returns: Kind::String, run: netmask },
    Function {
        name: "cidrsubnet",
        parameters: &[PREFIX, Parameter::new("newbits", Kind::Number), Parameter::new("netnum", Kind::Number)],
        rest: None,
        returns: Kind::String,
        run: subnet,
    },
    Function {
        name: "cidrsubnets",
        parameters: &[PREFIX],
        rest: Some(Parameter::new("newbits", Kind::Number)),
        returns: Kind::Strings,
        run: subnets,
    },
];

/// A network: its first address, how many bits name it, and how many an address has.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    prefix: u32,
    width: u32,
}

impl Network {
    fn parse(call: &Call<'_>) -> Result<Self, Refusal> {
        let bad = || Refusal::argument(0, "this is not a network such as \"10.0.0.0/16\"");
        let (address, prefix) = call.text(0).split_once('/').ok_or_else(bad)?;
        if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let prefix: u32 = prefix.parse().map_err(|_| bad())?;
        let (address, width) = match parse_ipv4(address) {
            Some(address) => (u128::from(u32::from(address)), 32),
            None => (u128::from(address.parse::<Ipv6Addr>().map_err(|_| bad())?), 128),
        };
        if prefix > width {
            return Err(bad());
        }
        let network = Self { address, prefix, width };
        Ok(Self { address: address & !network.host_mask(), ..network })
    }

    /// The bits that tell hosts apart.
    fn host_mask(self) -> u128 {
        u128::MAX.checked_shr(128 - (self.width - self.prefix)).unwrap_or(0)
    }

    fn text(self) -> String {
        format!("{}/{}", address_text(self.address, self.width), self.prefix)
    }
}

/// Terraform still reads octets with leading zeros, and means decimals by them.
fn parse_ipv4(text: &str) -> Option<Ipv4Addr> {
    let octets: Vec<u8> = text
        .split('.')
        .map(|octet| {
            let digits = !octet.is_empty() && octet.bytes().all(|byte| byte.is_ascii_digit());
            let short = octet.trim_start_matches('0');
            if digits { if short.is_empty() { Some(0) } else { short.parse().ok() } } else { None }
        })
        .collect::<Option<_>>()?;
    <[u8; 4]>::try_from(octets).ok().map(Ipv4Addr::from)
}

fn address_text(address: u128, width: u32) -> String {
    match u32::try_from(address) {
        Ok(address) if width == 32 => Ipv4Addr::from(address).to_string(),
        _ => {
            let address = Ipv6Addr::from(address);
            // Go writes an address that stands for an IPv4 one as that.
            address.to_ipv4_mapped().map_or_else(|| address.to_string(), |mapped| mapped.to_string())
        }
    }
}

/// A whole number argument of any size.
fn big(call: &Call<'_>, at: usize) -> Result<BigInt, Refusal> {
    call.argument(at)
        .as_number()
        .and_then(Number::to_bigint)
        .ok_or_else(|| Refusal::argument(at, "a whole number is needed here"))
}

fn host(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call)?;
    let number = big(call, 1)?;
    let size = BigInt::from(network.host_mask()) + 1;
    // A negative number counts from the end.
    let from_start = if number < BigInt::from(0) { number.clone() + &size } else { number.clone() };
    match u128::try_from(&from_start) {
        Ok(host) if from_start < size => Ok(Value::string(address_text(network.address | host, network.width))),
        _ => Err(Refusal::argument(1, format!("a prefix of {} bits has no host {number}", network.prefix))),
    }
}

fn netmask(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call)?;
    if network.width != 32 {
        return Err(Refusal::argument(0, "an IPv6 network has no netmask"));
    }
    Ok(Value::string(address_text(!network.host_mask() & u128::from(u32::MAX), 32)))
}

fn subnet(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call)?;
    let bits = call.integer(1)?;
    let number = big(call, 2)?;
    let room = network.width - network.prefix;
    let Some(bits) = u32::try_from(bits).ok().filter(|&bits| bits <= room) else {
        return Err(Refusal::argument(1, format!("a prefix of {} bits cannot be extended by {bits}", network.prefix)));
    };
    let subnets = BigInt::from(1) << bits;
    match u128::try_from(&number) {
        Ok(at) if number < subnets => {
            let shift = room - bits;
            let address = network.address | at.checked_shl(shift).unwrap_or(0);
            Ok(Value::string(Network { address, prefix: network.prefix + bits, ..network }.text()))
        }
        _ => Err(Refusal::argument(2, format!("{bits} more bits have no subnet {number}"))),
    }
}

fn subnets(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call)?;
    let mut next = Some(network.address);
    let mut items = Vec::new();
    for at in 1..call.arguments.len() {
        let bits = call.integer(at)?;
        let room = network.width - network.prefix;
        let Some(bits) = u32::try_from(bits).ok().filter(|bits| (1..=32).contains(bits) && *bits <= room) else {
            return Err(Refusal::argument(at, format!("the prefix cannot be extended by {bits} bits")));
        };
        let subnet = Network { address: 0, prefix: network.prefix + bits, ..network };
        let mask = subnet.host_mask();
        // Up to the next boundary of this size; past the network's last address there is none.
        let last = network.address | network.host_mask();
        let start = next.and_then(|next| next.checked_add(mask)).map(|up| up & !mask).filter(|start| *start <= last);
        let Some(address) = start else {
            return Err(Refusal::argument(at, "no room is left in the network for a subnet of this size"));
        };
        items.push(Value::string(Network { address, ..subnet }.text()));
        next = address.checked_add(mask).and_then(|end| end.checked_add(1));
    }
    Ok(Value::list(Type::String, items))
}
