// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Programs of devices, sockets and network namespaces. Each lets everything pass. */
#include "minimal.h"

LICENSE;

enum { XDP_PASS = 2, TC_ACT_UNSPEC = -1, TCX_NEXT = -1, SK_PASS = 1, NF_ACCEPT = 1 };
enum { FLOW_DISSECTOR_CONTINUE = 129, WHOLE_PACKET = -1 };

PROGRAM("xdp", attach_xdp_by_bpf_link, XDP_PASS)
PROGRAM("xdp", attach_xdp_by_netlink, XDP_PASS)
PROGRAM("tc", attach_tc_clsact_ingress, TC_ACT_UNSPEC)
PROGRAM("tc", attach_tc_clsact_egress, TC_ACT_UNSPEC)
PROGRAM("tcx/ingress", attach_tcx_ingress_by_link, TCX_NEXT)
PROGRAM("tcx/egress", attach_tcx_egress_by_link, TCX_NEXT)
PROGRAM("tcx/ingress", attach_tcx_by_prog_attach, TCX_NEXT)
PROGRAM("netkit/primary", attach_netkit_primary_device, TCX_NEXT)
PROGRAM("netkit/peer", attach_netkit_peer_device, TCX_NEXT)
PROGRAM("socket", attach_socket_filter_by_option, WHOLE_PACKET)
PROGRAM("socket", attach_reuseport_by_socket_filter, 0)
PROGRAM("sk_reuseport", attach_reuseport_by_sk_reuseport, SK_PASS)
PROGRAM("socket", attach_packet_fanout_by_option, 0)
PROGRAM("socket", attach_tun_steering_by_ioctl, 0)
PROGRAM("socket", attach_tun_filter_by_ioctl, WHOLE_PACKET)
PROGRAM("sk_lookup", attach_sk_lookup_of_netns, SK_PASS)
PROGRAM("flow_dissector", attach_flow_dissector_of_netns, FLOW_DISSECTOR_CONTINUE)
PROGRAM("netfilter", attach_netfilter_local_out, NF_ACCEPT)

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} redirect_socks SEC(".maps");

PROGRAM("sk_skb/stream_verdict", attach_sk_skb_verdict_by_link, SK_PASS)
PROGRAM("sk_skb/stream_parser", attach_sk_skb_parser_of_sockmap, 0)
PROGRAM("sk_skb/stream_verdict", attach_sk_skb_verdict_of_sockmap, SK_PASS)
PROGRAM("sk_msg", attach_sk_msg_verdict_of_sockmap, SK_PASS)
