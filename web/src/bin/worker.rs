//! The worker's program.

fn main() {
    certlens_web::worker::run();
}
