use super::*;
use crate::texts::testing::survives;

const GLOBAL: &str = "Out of memory: Killed process 3103923 (stress-ng-vm) total-vm:15791416kB, anon-rss:14369596kB, \
                      file-rss:4kB, shmem-rss:36kB, UID:0 pgtables:28184kB oom_score_adj:1000";
const OLD: &str = "Memory cgroup out of memory: Kill process 10121 (java) score 1975 or sacrifice child\nKilled process 10121 \
                   (java) total-vm:6012180kB, anon-rss:1044212kB, file-rss:0kB, shmem-rss:0kB";
const TASK: &str = "Task in /kubepods/burstable/pod0a1b/4f5e killed as a result of limit of /kubepods";
const LINE: &str = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,\
                    oom_memcg=/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a_1b.slice,\
                    task_memcg=/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a_1b.slice/cri-containerd-4f.scope,\
                    task=app,pid=7,uid=0";

#[test]
fn of_the_whole_node() {
    let read = kill(GLOBAL).unwrap();
    assert_eq!((read.scope, read.process, read.pid), (Scope::Node, Some("stress-ng-vm"), Some(3_103_923)));
    assert_eq!((read.held, read.adj), (Some(14_369_596 << 10), Some(1000)));
    let combined = format!("(combined from similar events): {GLOBAL}");
    assert_eq!(kill(&combined), Some(read));
}

#[test]
fn of_a_cgroup() {
    let old = kill(OLD).unwrap();
    assert_eq!((old.scope, old.process, old.pid), (Scope::Cgroup, Some("java"), Some(10_121)));
    let task = kill(TASK).unwrap();
    assert_eq!((task.scope, task.pod_uid), (Scope::AllPods, Some("0a1b")));
    let line = kill(LINE).unwrap();
    assert_eq!((line.scope, line.pod_uid), (Scope::Pod, Some("0a_1b")));
}

#[test]
fn depth_tells_whose_limit_it_was() {
    let scopes = [
        ("/", Scope::Node),
        ("/kubepods", Scope::AllPods),
        ("/kubepods.slice", Scope::AllPods),
        ("/kubepods/burstable/pod12", Scope::Pod),
        ("/kubepods/pod12/ab", Scope::Container),
        ("/system.slice/kubelet.service", Scope::System),
    ];
    for (cgroup, scope) in scopes {
        assert_eq!(of_cgroup(cgroup), scope, "{cgroup}");
    }
}

#[test]
fn nothing_was_killed() {
    assert_eq!(kill("task docker:20744 blocked for more than 120 seconds."), None);
    survives(&[GLOBAL, OLD, TASK, LINE], |text| kill(text).is_some());
}
