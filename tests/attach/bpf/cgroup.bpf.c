// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Programs of cgroups, for links and for BPF_PROG_ATTACH. Each allows everything. */
#include "minimal.h"

LICENSE;

PROGRAM("cgroup_skb/ingress", attach_cgroup_ingress_by_link, 1)
PROGRAM("cgroup_skb/egress", attach_cgroup_egress_by_link, 1)
PROGRAM("cgroup/dev", attach_cgroup_device_by_link, 1)
PROGRAM("cgroup/sysctl", attach_cgroup_sysctl_by_link, 1)
PROGRAM("cgroup/connect4", attach_cgroup_connect4_by_link, 1)

PROGRAM("cgroup_skb/ingress", attach_cgroup_ingress_multi_first, 1)
PROGRAM("cgroup_skb/ingress", attach_cgroup_ingress_multi_second, 1)
PROGRAM("cgroup_skb/egress", attach_cgroup_egress_with_override, 1)
PROGRAM("cgroup/dev", attach_cgroup_device_exclusive, 1)
PROGRAM("cgroup/sock_create", attach_cgroup_sock_create_multi, 1)
