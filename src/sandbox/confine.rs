//! What a process may still do once it has confined itself: Landlock for files and connections, limits on its resources.

use std::path::PathBuf;

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How much of a confinement the kernel has granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// Everything that was asked for.
    Fully,
    /// What this kernel knows of it.
    Partly,
    /// Nothing: the kernel is older than Landlock, or it is switched off.
    Not,
}

impl Enforced {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fully => "full",
            Self::Partly => "partial",
            Self::Not => "none",
        }
    }
}

/// What this machine's kernel offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// The version of Landlock's interface, from 1; 0 where there is none.
    pub landlock_abi: i32,
    /// How much of what a worker asks for the kernel would grant.
    pub worker: Enforced,
}

/// Rights for one more path, beside what every process of copydesk may do.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is confined elsewhere"))]
struct Grants<'a> {
    writable: &'a [PathBuf],
    ports: &'a [u16],
}

/// Takes from the calling thread, and from all that it starts, the right to change files anywhere but below `writable`,
/// and to connect or listen anywhere but on `ports`. Reading stays free: a root that is deleted and made again would
/// otherwise be out of reach for ever. Call it before any thread is started; every path must exist.
pub fn confine_main(writable: &[PathBuf], ports: &[u16]) -> anyhow::Result<Enforced> {
    linux::confine(Reading::Free, &Grants { writable, ports }).map(|(enforced, _)| enforced)
}

/// Closes what this process was started with beside its standard streams. To be called before it opens anything.
pub(super) fn close_inherited() {
    linux::close_inherited();
}

/// Takes all rights to files, connections, signals and abstract sockets, limits memory to `memory_bytes`, and ends
/// with its parent. `last_thread` may start the last thread that this process will have.
pub(super) fn confine_worker(memory_bytes: u64, last_thread: impl FnOnce() -> std::io::Result<()>) -> anyhow::Result<Enforced> {
    linux::let_go();
    limit(memory_bytes)?;
    // Threads that are started after it inherit it.
    let (enforced, _) = linux::confine(Reading::Denied, &Grants { writable: &[], ports: &[] })?;
    last_thread().context("watch the socket")?;
    limit_to(Resource::Nproc, 0)?;
    Ok(enforced)
}

/// Ends this process as soon as the other end of its socket is closed, whatever it is busy with: a worker must not outlive
/// whoever started it, were it killed. (The kernel's own signal for that comes when the *thread* ends that started the
/// process, which is too early here.)
pub(super) fn end_with_the_parent() -> std::io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    let watch = || {
        let stdin = rustix::stdio::stdin();
        loop {
            // Nothing is asked for, so that only the closing is told.
            let mut closed = [PollFd::new(&stdin, PollFlags::empty())];
            if poll(&mut closed, None).is_ok() && closed.iter().any(|fd| fd.revents().intersects(PollFlags::HUP | PollFlags::ERR)) {
                // SAFETY: ends the process at once; nothing of a worker is worth putting in order.
                unsafe { libc::_exit(0) }
            }
        }
    };
    std::thread::Builder::new().name("parent".to_owned()).stack_size(64 * 1024).spawn(watch).map(|_| ())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Free,
    Denied,
}

impl Kernel {
    /// Asks by confining a thread that ends at once: the rights of the others stay as they are.
    pub fn ask() -> Self {
        let asked = std::thread::spawn(|| linux::confine(Reading::Denied, &Grants { writable: &[], ports: &[] }));
        match asked.join() {
            Ok(Ok((worker, landlock_abi))) => Self { landlock_abi, worker },
            _ => Self { landlock_abi: 0, worker: Enforced::Not },
        }
    }
}

/// Memory, file sizes, open files and core dumps. A hard limit cannot be raised again.
fn limit(memory_bytes: u64) -> anyhow::Result<()> {
    // Standard input, output and error, and what the kernel needs to hand out a ruleset.
    const OPEN_FILES: u64 = 16;
    limit_to(Resource::As, memory_bytes)?;
    limit_to(Resource::Fsize, 0)?;
    limit_to(Resource::Core, 0)?;
    limit_to(Resource::Nofile, OPEN_FILES)
}

fn limit_to(resource: Resource, most: u64) -> anyhow::Result<()> {
    // A limit that is lower already stays: only root could raise it.
    let most = getrlimit(resource).maximum.map_or(most, |now| now.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).with_context(|| format!("limit {resource:?} to {most}"))
}

#[cfg(target_os = "linux")]
mod linux {
    use anyhow::Context as _;
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus, NetPort, PathBeneath, PathFd,
        Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope,
    };

    use std::path::Path;

    use super::{Enforced, Grants, Reading};

    /// Closes what the program was started with beside its standard streams. Before it has opened anything itself.
    pub fn close_inherited() {
        // SAFETY: nothing in this process owns a descriptor from 3 on yet. A kernel without the call closes nothing.
        let _ = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    }

    /// Keeps others out of this process's memory, and it from gaining rights. What of that fails is made up for by the rest
    /// of the confinement.
    pub fn let_go() {
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
        // SAFETY: sets a flag of this thread, which those that it starts inherit.
        let _ = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    }

    /// The newest interface whose rights are asked for. What an older kernel lacks of it is left out.
    const NEWEST: ABI = ABI::V6;

    /// What is enforced from now on, and the version of the kernel's interface.
    pub fn confine(reading: Reading, grants: &Grants<'_>) -> anyhow::Result<(Enforced, i32)> {
        let (taken, scopes): (BitFlags<AccessFs>, BitFlags<Scope>) = match reading {
            Reading::Denied => (AccessFs::from_all(NEWEST), Scope::from_all(NEWEST)),
            // The main process talks to the service manager by a socket that may be abstract, and ends its own workers.
            Reading::Free => (AccessFs::from_write(NEWEST), BitFlags::EMPTY),
        };
        let mut ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(taken)
            .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(NEWEST)))
            .context("ask for a Landlock ruleset")?;
        if !scopes.is_empty() {
            ruleset = ruleset.scope(scopes).context("ask for a Landlock ruleset")?;
        }
        let mut created = ruleset.create().context("create a Landlock ruleset")?;
        if reading == Reading::Free {
            // Workers get it as their standard error.
            created = allow(created, Path::new("/dev/null"), BitFlags::from(AccessFs::WriteFile))?;
        }
        for path in grants.writable {
            created = allow(created, path, taken)?;
        }
        for port in grants.ports {
            created = created.add_rule(NetPort::new(*port, AccessNet::BindTcp)).with_context(|| format!("allow port {port}"))?;
        }
        let status = created.restrict_self().context("apply the Landlock ruleset")?;
        let enforced = match status.ruleset {
            RulesetStatus::FullyEnforced => Enforced::Fully,
            RulesetStatus::PartiallyEnforced => Enforced::Partly,
            RulesetStatus::NotEnforced => Enforced::Not,
        };
        let abi = match status.landlock {
            LandlockStatus::Available { effective_abi, kernel_abi } => kernel_abi.unwrap_or(effective_abi as i32),
            LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => 0,
        };
        Ok((enforced, abi))
    }

    fn allow(ruleset: landlock::RulesetCreated, path: &Path, rights: BitFlags<AccessFs>) -> anyhow::Result<landlock::RulesetCreated> {
        let place = PathFd::new(path).with_context(|| format!("open {} to allow writing below it", path.display()))?;
        ruleset.add_rule(PathBeneath::new(place, rights)).with_context(|| format!("allow writing below {}", path.display()))
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use super::{Enforced, Grants, Reading};

    pub fn close_inherited() {}

    pub fn let_go() {}

    pub fn confine(_reading: Reading, _grants: &Grants<'_>) -> anyhow::Result<(Enforced, i32)> {
        Ok((Enforced::Not, 0))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::TcpStream;

    use super::*;

    /// Confinement is a thread's own, so each test loses its rights in one that ends with it.
    fn apart(test: impl FnOnce() + Send + 'static) {
        std::thread::spawn(test).join().expect("what the test asserts holds");
    }

    #[test]
    fn a_worker_opens_no_file_and_no_connection() {
        apart(|| {
            let (enforced, _) = linux::confine(Reading::Denied, &Grants { writable: &[], ports: &[] }).unwrap();
            if enforced == Enforced::Not {
                return;
            }
            assert_eq!(fs::read("/etc/passwd").unwrap_err().kind(), ErrorKind::PermissionDenied);
            assert_eq!(fs::read_dir("/").unwrap_err().kind(), ErrorKind::PermissionDenied);
            if enforced == Enforced::Fully {
                assert_eq!(TcpStream::connect("127.0.0.1:9").unwrap_err().kind(), ErrorKind::PermissionDenied);
            }
        });
    }

    #[test]
    fn the_main_process_reads_everywhere_and_writes_where_its_output_goes() {
        let place = tempfile::tempdir().unwrap();
        let (out, elsewhere) = (place.path().join("out"), place.path().join("elsewhere"));
        fs::create_dir(&out).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("article"), "text").unwrap();
        apart(move || {
            if confine_main(std::slice::from_ref(&out), &[]).unwrap() == Enforced::Not {
                return;
            }
            fs::create_dir(out.join("rejected")).unwrap();
            fs::write(out.join("rejected/lines"), "line").unwrap();
            fs::rename(out.join("rejected/lines"), out.join("lines")).unwrap();
            assert_eq!(fs::read(elsewhere.join("article")).unwrap(), b"text");
            assert_eq!(fs::write(elsewhere.join("new"), "no").unwrap_err().kind(), ErrorKind::PermissionDenied);
            assert_eq!(fs::remove_file(elsewhere.join("article")).unwrap_err().kind(), ErrorKind::PermissionDenied);
        });
    }

    #[test]
    fn asking_the_kernel_takes_no_rights_away() {
        let kernel = Kernel::ask();
        assert_eq!(kernel.landlock_abi == 0, kernel.worker == Enforced::Not);
        assert!(fs::read("/proc/self/stat").is_ok());
    }
}
