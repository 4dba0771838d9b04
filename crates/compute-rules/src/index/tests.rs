//! The index decides as looking at every node does.

use super::*;
use crate::cluster::{Node, WHOLE};
use crate::packing::Packer;
use proptest::prelude::*;

fn cluster(nodes: &[(i64, usize, usize)]) -> Cluster {
    let mut cluster = Cluster { models: vec!["A".into(), "B".into()], ..Cluster::default() };
    for (at, (cpu, devices, model)) in nodes.iter().enumerate() {
        cluster.capacity += *devices as i64 * WHOLE;
        cluster.nodes.push(Node {
            name: format!("n{at:04}"),
            cpu: *cpu,
            memory: 1 << 20,
            free: vec![WHOLE; *devices],
            model: *model,
            // Ranks with gaps, the other way round: places in the index are not ranks.
            rank: ((nodes.len() - at) * 3) as u32,
            ..Node::default()
        });
    }
    cluster
}

fn task((cpu, devices, share, model): (i64, i64, i64, usize)) -> Task {
    let share = if devices > 1 { WHOLE } else { share * devices };
    let models = [None, Some(0), Some(1)][model];
    Task {
        name: String::new(),
        cpu,
        memory: 1_000,
        devices,
        share,
        models: crate::task::Models::of(models.into_iter()),
        spec: format!("{model}"),
    }
}

fn requests() -> impl Strategy<Value = (i64, i64, i64, usize)> {
    let cpu = proptest::sample::select(vec![1_000, 4_000, 12_000]);
    let share = proptest::sample::select(vec![100, 250, 500, 1_000]);
    (cpu, 0i64..4, share, 0usize..3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Tasks come and go in any order; both choose the same node and the same devices each time.
    #[test]
    fn an_index_decides_as_a_look_at_every_node(
        nodes in proptest::collection::vec((8_000i64..64_000, 0usize..9, 0usize..2), 1..200),
        steps in proptest::collection::vec((requests(), proptest::option::of(0usize..64)), 1..300),
        policy in proptest::sample::select(vec![
            Policy::Fgd, Policy::DotProd, Policy::GpuClustering, Policy::GpuPacking, Policy::Xiudai,
        ]),
    ) {
        let mut cluster = cluster(&nodes);
        let tasks: Vec<Task> = steps.iter().map(|(request, _)| task(*request)).collect();
        let target = Target::of(&tasks);
        let mut index = Index::new(policy, target.clone(), &cluster).expect("a policy with an index");
        let mut packer = Packer::new(policy, target, &cluster);
        let mut running: Vec<(usize, Vec<usize>, Task)> = Vec::new();
        for (task, (_, leaves)) in tasks.iter().zip(&steps) {
            if let Some(leaves) = leaves && !running.is_empty() {
                let (node, devices, gone) = running.swap_remove(leaves % running.len());
                cluster.nodes[node].release(&gone, &devices);
                index.changed(&cluster, node, true);
            }
            let found = index.choose(&cluster, task);
            prop_assert_eq!(&found, &packer.choose(&cluster, task));
            if let Some((node, devices)) = found {
                cluster.nodes[node].place(task, &devices);
                index.changed(&cluster, node, false);
                running.push((node, devices, task.clone()));
            }
        }
    }
}

#[test]
fn best_fit_has_no_index() {
    let cluster = cluster(&[(1_000, 1, 0)]);
    assert!(Index::new(Policy::BestFit, Target::default(), &cluster).is_none());
}

#[test]
fn a_log_that_is_begun_anew_changes_nothing() {
    let mut cluster = cluster(&[(64_000, 8, 0); 70]);
    let asked = task((1_000, 1, 250, 0));
    let target = Target::of(std::slice::from_ref(&asked));
    let mut index = Index::new(Policy::Fgd, target.clone(), &cluster).expect("an index");
    let mut packer = Packer::new(Policy::Fgd, target, &cluster);
    for round in 0..100 {
        let found = index.choose(&cluster, &asked);
        assert_eq!(found, packer.choose(&cluster, &asked), "{round}");
        let (node, devices) = found.expect("room");
        cluster.nodes[node].place(&asked, &devices);
        index.changed(&cluster, node, false);
        if round % 7 == 0 {
            index.cut(&cluster, 0);
        }
    }
}
