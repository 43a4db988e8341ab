"""Objects that say as much as their kinds let them, so that a description of them has every field."""

from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]

IMAGE: Object = {"image": "busybox:local", "imagePullPolicy": "Never"}
SLEEP = ["sleep", "100000"]
REAL_NODE = {"kubernetes.io/hostname": "node-1"}

_ENV = [
    {"name": "PLAIN", "value": "a\nb"},
    {"name": "EMPTY"},
    {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    {"name": "CPU", "valueFrom": {"resourceFieldRef": {"containerName": "main", "resource": "limits.cpu"}}},
    {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password", "optional": True}}},
    {"name": "SETTING", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}},
]
_PROBE: Object = {
    "exec": {"command": ["true"]}, "initialDelaySeconds": 1, "periodSeconds": 30,
}  # fmt: skip
_MAIN: Object = {
    "name": "main",
    **IMAGE,
    "command": SLEEP[:1],
    "args": SLEEP[1:],
    "env": _ENV,
    "envFrom": [
        {"configMapRef": {"name": "settings"}, "prefix": "S_"},
        {"secretRef": {"name": "login", "optional": True}},
    ],
    "ports": [{"name": "web", "containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}],
    "resources": {"limits": {"cpu": "100m", "memory": "32Mi"}, "requests": {"cpu": "10m", "memory": "16Mi"}},
    "livenessProbe": _PROBE,
    "readinessProbe": {**_PROBE, "exec": {"command": ["sh", "-c", "exit 1"]}},
    "startupProbe": {"tcpSocket": {"port": 80}, "failureThreshold": 1000},
    "volumeMounts": [
        {"name": "scratch", "mountPath": "/scratch"},
        {"name": "settings", "mountPath": "/s", "subPath": "a"},
    ],
}
_VOLUMES = [
    {"name": "scratch", "emptyDir": {"sizeLimit": "1Mi", "medium": "Memory"}},
    {"name": "settings", "configMap": {"name": "settings", "optional": True}},
    {"name": "login", "secret": {"secretName": "login"}},
    {"name": "here", "hostPath": {"path": "/tmp"}},
    {"name": "words", "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
    {
        "name": "all",
        "projected": {
            "sources": [
                {"secret": {"name": "login"}},
                {"configMap": {"name": "settings"}},
                {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
                {"downwardAPI": {"items": [{"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}]}},
            ]
        },
    },
]


def pod_spec(*containers: Object, **more: Any) -> Object:
    sleeper = {"name": "main", **IMAGE, "command": SLEEP}
    return {
        "terminationGracePeriodSeconds": 0,
        "nodeSelector": REAL_NODE,
        "containers": list(containers or (sleeper,)),
        **more,
    }


def template(*containers: Object, **more: Any) -> Object:
    metadata = {"labels": {"app": "web"}, "annotations": {"example.com/note": "hello"}}
    return {"metadata": metadata, "spec": pod_spec(*containers, **more)}


SELECTOR = {"matchLabels": {"app": "web"}}

RICH = pod_spec(
    _MAIN,
    {"name": "fails", **IMAGE, "command": ["false"]},
    initContainers=[
        {"name": "first", **IMAGE, "command": ["true"]},
        {"name": "beside", **IMAGE, "command": SLEEP, "restartPolicy": "Always"},
    ],
    volumes=_VOLUMES,
    tolerations=[
        {"key": "example.com/only", "operator": "Equal", "value": "me", "effect": "NoSchedule"},
        {"key": "example.com/all", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
    ],
    readinessGates=[{"conditionType": "example.com/gate"}],
    topologySpreadConstraints=[
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "web"}},
        }
    ],
    priorityClassName="system-node-critical",
)

PODS: dict[str, Object] = {
    "rich": RICH,
    "nowhere": pod_spec(nodeSelector={"example.com/no": "node"}),
    "gated": pod_spec(schedulingGates=[{"name": "example.com/wait"}]),
    "done": pod_spec(
        {"name": "main", **IMAGE, "command": ["sh", "-c", "echo bye > /dev/termination-log; exit 3"]},
        restartPolicy="Never",
    ),
    "http": pod_spec(
        {
            "name": "main",
            **IMAGE,
            "command": SLEEP,
            "livenessProbe": {"httpGet": {"path": "/live", "port": 80, "scheme": "HTTPS"}, "periodSeconds": 1000},
            "readinessProbe": {"grpc": {"port": 90, "service": "x"}},
            "lifecycle": {"preStop": {"exec": {"command": ["true"]}}},
        },
        volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "bound", "readOnly": True}}],
    ),
    "missing": pod_spec({"name": "main", "image": "nowhere:none", "imagePullPolicy": "Never"}),
}

OTHERS: dict[str, dict[str, Object]] = {
    "configmaps": {"settings": {"data": {"a": "1", "text": "one\ntwo\n"}, "binaryData": {"b": "AA=="}}},
    "secrets": {"login": {"type": "Opaque", "stringData": {"user": "u", "password": "p4ss"}}},
    "deployments.apps": {
        "web": {
            "spec": {
                "replicas": 1,
                "minReadySeconds": 1,
                "selector": SELECTOR,
                "template": template(
                    _MAIN,
                    volumes=_VOLUMES,
                    tolerations=RICH["tolerations"],
                    topologySpreadConstraints=RICH["topologySpreadConstraints"],
                    priorityClassName="system-node-critical",
                    serviceAccountName="default",
                ),
            }
        },
        "recreated": {
            "spec": {"replicas": 0, "strategy": {"type": "Recreate"}, "selector": SELECTOR, "template": template()}
        },
    },
    "statefulsets.apps": {
        "db": {
            "spec": {
                "serviceName": "db",
                "selector": {"matchLabels": {"app": "db"}},
                "template": {**template(), "metadata": {"labels": {"app": "db"}}},
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "data", "labels": {"a": "b"}, "annotations": {"c": "d"}},
                        "spec": {
                            "accessModes": ["ReadWriteOnce"],
                            "storageClassName": "none",
                            "resources": {"requests": {"storage": "1Gi"}},
                        },
                    }
                ],
            }
        }
    },
    "daemonsets.apps": {
        "agent": {
            "spec": {
                "selector": {"matchLabels": {"app": "agent"}},
                "template": {**template(), "metadata": {"labels": {"app": "agent"}}},
            }
        }
    },
    "jobs.batch": {
        "once": {
            "spec": {
                "backoffLimit": 1,
                "activeDeadlineSeconds": 3000,
                "ttlSecondsAfterFinished": 3000,
                "template": {"spec": pod_spec({"name": "main", **IMAGE, "command": ["true"]}, restartPolicy="Never")},
            }
        },
        "indexed": {
            "spec": {
                "completionMode": "Indexed",
                "suspend": True,  # a pod of it keeps its finalizer when the namespace goes, and the namespace stays
                "completions": 2,
                "parallelism": 1,
                "backoffLimitPerIndex": 1,
                "podFailurePolicy": {
                    "rules": [
                        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
                        {
                            "action": "FailJob",
                            "onExitCodes": {"containerName": "main", "operator": "In", "values": [42]},
                        },
                    ]
                },
                "successPolicy": {"rules": [{"succeededIndexes": "0", "succeededCount": 1}]},
                "template": {"spec": pod_spec(restartPolicy="Never")},
            }
        },
    },
    "cronjobs.batch": {
        "nightly": {
            "spec": {
                "schedule": "0 3 * * *",
                "timeZone": "Europe/Berlin",
                "suspend": False,
                "startingDeadlineSeconds": 60,
                "jobTemplate": {
                    "spec": {
                        "completions": 1,
                        "parallelism": 1,
                        "activeDeadlineSeconds": 100,
                        "template": {"spec": pod_spec(restartPolicy="Never")},
                    }
                },
            }
        },
        "minutely": {
            "spec": {
                "schedule": "* * * * *",
                "jobTemplate": {"spec": {"template": {"spec": pod_spec(restartPolicy="Never")}}},
            }
        },
    },
    "services": {
        "web": {"spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "web"}]}},
        "balanced": {
            "spec": {
                "type": "LoadBalancer",
                "externalIPs": ["192.0.2.1"],
                "sessionAffinity": "ClientIP",
                "externalTrafficPolicy": "Local",
                "loadBalancerSourceRanges": ["192.0.2.0/24"],
                "selector": {"app": "db"},
                "loadBalancerClass": "example.com/x",
                "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}],
            }
        },
        "elsewhere": {"spec": {"type": "ExternalName", "externalName": "db.example.com"}},
        "headless": {"spec": {"clusterIP": "None", "publishNotReadyAddresses": True, "selector": {"app": "web"}}},
    },
    "ingresses.networking.k8s.io": {
        "web": {
            "metadata": {"annotations": {"example.com/a": "b"}},
            "spec": {
                "ingressClassName": "none",
                "tls": [{"hosts": ["a.example.com"], "secretName": "login"}, {"secretName": "other"}],
                "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
                "rules": [
                    {
                        "host": "a.example.com",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                                },
                                {
                                    "path": "/gone",
                                    "pathType": "Exact",
                                    "backend": {"service": {"name": "gone", "port": {"number": 81}}},
                                },
                            ]
                        },
                    },
                    {
                        "http": {
                            "paths": [
                                {
                                    "pathType": "ImplementationSpecific",
                                    "backend": {"resource": {"apiGroup": "example.com", "kind": "Bucket", "name": "b"}},
                                }
                            ]
                        }
                    },
                ],
            },
        },
        "bare": {"spec": {"defaultBackend": {"service": {"name": "gone", "port": {"number": 80}}}}},
    },
    "persistentvolumeclaims": {
        "pending": {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "none",
                "resources": {"requests": {"storage": "1Gi"}},
                "dataSource": {"kind": "PersistentVolumeClaim", "name": "bound"},
            }
        }
    },
    "horizontalpodautoscalers.autoscaling": {
        "web": {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "minReplicas": 1,
                "maxReplicas": 2,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    },
                    {
                        "type": "Resource",
                        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "10Mi"}},
                    },
                    {
                        "type": "ContainerResource",
                        "containerResource": {
                            "name": "cpu",
                            "container": "main",
                            "target": {"type": "Utilization", "averageUtilization": 50},
                        },
                    },
                    {
                        "type": "Pods",
                        "pods": {
                            "metric": {"name": "packets"},
                            "target": {"type": "AverageValue", "averageValue": "1k"},
                        },
                    },
                    {
                        "type": "Object",
                        "object": {
                            "metric": {"name": "hits"},
                            "describedObject": {"kind": "Service", "name": "web"},
                            "target": {"type": "Value", "value": "10"},
                        },
                    },
                    {
                        "type": "External",
                        "external": {
                            "metric": {"name": "q", "selector": {"matchLabels": {"a": "b"}}},
                            "target": {"type": "AverageValue", "averageValue": "2k"},
                        },
                    },
                ],
                "behavior": {
                    "scaleUp": {
                        "stabilizationWindowSeconds": 10,
                        "selectPolicy": "Max",
                        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 10}],
                    },
                    "scaleDown": {"policies": [{"type": "Percent", "value": 10, "periodSeconds": 10}]},
                },
            }
        },
    },
    "resourcequotas": {
        "few": {"spec": {"hard": {"pods": "50", "configmaps": "50"}}},
        "scoped": {"spec": {"hard": {"pods": "50"}, "scopes": ["NotTerminating"]}},
    },
    "limitranges": {
        "bounds": {
            "spec": {
                "limits": [
                    {
                        "type": "Container",
                        "max": {"cpu": "4"},
                        "default": {"cpu": "500m"},
                        "defaultRequest": {"cpu": "10m"},
                    }
                ]
            }
        }
    },
}

ELSEWHERE: dict[str, dict[str, Object]] = {
    "networkpolicies.networking.k8s.io": {
        "some": {
            "spec": {
                "podSelector": {"matchLabels": {"app": "web"}},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [
                    {
                        "ports": [{"port": 80}, {"port": 100, "endPort": 200}],
                        "from": [
                            {"namespaceSelector": {}, "podSelector": {"matchLabels": {"role": "front"}}},
                            {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
                        ],
                    },
                    {},
                ],
            }
        },
        "none": {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
    },
    "poddisruptionbudgets.policy": {
        "least": {"spec": {"minAvailable": "50%", "selector": SELECTOR}},
        "most": {"spec": {"maxUnavailable": 1, "selector": {}}},
    },
    "endpointslices.discovery.k8s.io": {
        "made": {
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": 80}],
            "endpoints": [
                {"addresses": ["10.0.0.1"], "conditions": {"ready": True}, "targetRef": {"kind": "Pod", "name": "a"}},
                {"addresses": ["10.0.0.2"], "hostname": "b", "nodeName": "node-1", "zone": "c"},
            ],
        }
    },
    "roles.rbac.authorization.k8s.io": {
        "reader": {"rules": [{"apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"], "verbs": ["get"]}]}
    },
    "rolebindings.rbac.authorization.k8s.io": {
        "readers": {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
            "subjects": [{"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"}],
        }
    },
    "serviceaccounts": {"robot": {"imagePullSecrets": [{"name": "login"}], "secrets": [{"name": "login"}]}},
}
"""Of kinds that have no list of kty's own."""

EVERYWHERE: dict[str, Object] = {
    "persistentvolumes": {
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "csi": {"driver": "d.example.com", "volumeHandle": "vol-1", "volumeAttributes": {"a": "b"}},
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]},
                        {"matchExpressions": [{"key": "ssd", "operator": "Exists"}]},
                    ]
                }
            },
        }
    },
    "storageclasses.storage.k8s.io": {
        "provisioner": "d.example.com",
        "parameters": {"a": "b"},
        "mountOptions": ["debug"],
        "allowedTopologies": [{"matchLabelExpressions": [{"key": "zone", "values": ["a"]}]}],
    },
    "clusterroles.rbac.authorization.k8s.io": {"rules": [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]},
    "clusterrolebindings.rbac.authorization.k8s.io": {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": "none"}],
    },
    "priorityclasses.scheduling.k8s.io": {"value": 7, "description": "for tests"},
    "ingressclasses.networking.k8s.io": {
        "spec": {"controller": "example.com/c", "parameters": {"kind": "Settings", "name": "some"}}
    },
}
"""One of each kind that is in no namespace."""
