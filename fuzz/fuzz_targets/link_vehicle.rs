#![no_main]

use std::sync::Arc;

use kapok_link::{
    Body, LoadedShow, Now, Observation, Outbox, ShowReader, Signing, SigningKey, SigningTime, Vehicle, VehicleConfig,
    VehicleId,
};
use libfuzzer_sys::fuzz_target;

struct NoShow;

impl ShowReader for NoShow {
    fn read(&self, _: &[u8]) -> Option<LoadedShow> {
        None
    }
}

struct Still;

impl Body for Still {
    fn observe(&self) -> Observation {
        Observation { on_ground: true, position: Some(Default::default()), ..Observation::default() }
    }

    fn check_arming(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

// No datagram makes a vehicle panic; one that signs answers none without the key.
fuzz_target!(|input: &[u8]| {
    let Some((&first, mut rest)) = input.split_first() else { return };
    let signs = first & 1 == 1;
    let mut config = VehicleConfig::new(VehicleId { network: 0, system: 1 }, Arc::new(NoShow));
    config.boot_ms = 0;
    if signs {
        config.signing = Some(Signing::new(SigningKey::new([9; 32]), 0, SigningTime::default()));
    }
    let now = |ms| Now { ms, signing: SigningTime::from_count(ms * 100) };
    let mut vehicle = Vehicle::new(config, now(0));
    let mut out = Outbox::default();
    vehicle.tick(now(1), &Still, &mut out);
    let mut ms = 2;
    while let Some((&len, tail)) = rest.split_first() {
        let (datagram, tail) = tail.split_at(usize::from(len).min(tail.len()));
        rest = tail;
        out.clear();
        vehicle.receive(now(ms), datagram, &Still, &mut out);
        assert!(!signs || out.is_empty());
        vehicle.tick(now(ms + 100), &Still, &mut out);
        ms += 101;
    }
});
