//! Runs kube-rs against the server that KUBECONFIG names: one line a check, exit code 1 at the first fault.

use std::{collections::BTreeMap, error::Error, time::Duration};

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{ConfigMap, Namespace},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, CustomResource, CustomResourceExt, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams},
    discovery,
    runtime::{
        WatchStreamExt,
        conditions::is_crd_established,
        wait::{await_condition, delete::delete_and_finalize},
        watcher,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

type Outcome = Result<(), Box<dyn Error>>;

const WITHIN: Duration = Duration::from_secs(20);

#[derive(CustomResource, Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[kube(group = "harbour.example.com", version = "v1", kind = "Ship", namespaced)]
#[kube(status = "ShipStatus", shortname = "sh")]
#[kube(scale(
    spec_replicas_path = ".spec.boats",
    status_replicas_path = ".status.boats"
))]
#[kube(printcolumn(name = "Flag", json_path = ".spec.flag", type_ = "string"))]
struct ShipSpec {
    flag: String,
    #[schemars(range(min = 0, max = 20))]
    boats: i32,
    #[serde(default)]
    cargo: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
struct ShipStatus {
    boats: i32,
}

fn expect(holds: bool, what: impl Into<String>) -> Outcome {
    if holds { Ok(()) } else { Err(what.into().into()) }
}

fn expect_code<T>(result: kube::Result<T>, code: u16) -> Result<String, Box<dyn Error>> {
    match result {
        Err(kube::Error::Api(status)) if status.code == code => Ok(status.message.clone()),
        Err(error) => Err(format!("expected {code}, got {error}").into()),
        Ok(_) => Err(format!("expected {code}, the call succeeded").into()),
    }
}

fn config_map(name: &str, value: &str) -> ConfigMap {
    let mut object = ConfigMap::default();
    object.metadata.name = Some(name.into());
    object.data = Some(BTreeMap::from([("key".into(), value.into())]));
    object
}

async fn writes(client: &Client, namespace: &str) -> Outcome {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let post = PostParams::default();
    let made = api.create(&post, &config_map("one", "a")).await?;
    expect(made.uid().is_some() && made.resource_version().is_some(), "a uid and a version")?;
    expect_code(api.create(&post, &config_map("one", "a")).await, 409)?;
    let mut changed = made.clone();
    changed.data = config_map("one", "b").data;
    let newer = api.replace("one", &post, &changed).await?;
    expect(newer.resource_version() != made.resource_version(), "a newer version")?;
    expect_code(api.replace("one", &post, &changed).await, 409)?;
    let message = expect_code(api.create(&post, &config_map("Bad_Name", "a")).await, 422)?;
    expect(message.contains("metadata.name: Invalid value"), message)?;
    let dry = PostParams { dry_run: true, ..post };
    api.create(&dry, &config_map("tried", "a")).await?;
    expect(api.get_opt("tried").await?.is_none(), "nothing of a dry run")?;
    api.delete("one", &DeleteParams::default()).await?;
    expect_code(api.get("one").await, 404)?;
    Ok(())
}

async fn patches(client: &Client, namespace: &str) -> Outcome {
    let api: Api<Deployment> = Api::namespaced(client.clone(), namespace);
    let applied = |replicas: i32| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" },
            "spec": {
                "replicas": replicas,
                "selector": { "matchLabels": { "app": "web" } },
                "template": {
                    "metadata": { "labels": { "app": "web" } },
                    "spec": { "containers": [{ "name": "main", "image": "nginx:1" }] },
                },
            },
        })
    };
    let owner = PatchParams::apply("owner");
    let made = api.patch("web", &owner, &Patch::Apply(applied(1))).await?;
    let version = made.resource_version();
    let again = api.patch("web", &owner, &Patch::Apply(applied(1))).await?;
    expect(again.resource_version() == version, "applying the same changes nothing")?;
    let other = PatchParams::apply("other");
    let message = expect_code(api.patch("web", &other, &Patch::Apply(applied(2))).await, 409)?;
    expect(message.contains("conflict with \"owner\": .spec.replicas"), message)?;
    let forced = api.patch("web", &other.force(), &Patch::Apply(applied(2))).await?;
    expect(forced.spec.and_then(|spec| spec.replicas) == Some(2), "force takes the field")?;
    let merge = Patch::Merge(json!({ "metadata": { "labels": { "tier": "front" } } }));
    let merged = api.patch("web", &PatchParams::default(), &merge).await?;
    expect(merged.labels()["tier"] == "front", "a merge patch")?;
    let side = json!({ "spec": { "template": { "spec": { "containers": [{ "name": "side", "image": "busybox" }] } } } });
    let strategic = api.patch("web", &PatchParams::default(), &Patch::Strategic(side)).await?;
    let pod = strategic.spec.and_then(|spec| spec.template.spec).ok_or("a pod template")?;
    let names: Vec<_> = pod.containers.iter().map(|c| c.name.as_str()).collect();
    expect(names == ["side", "main"], format!("containers {names:?}"))?;
    let scale = json!({ "spec": { "replicas": 5 } });
    let scaled = api.patch_scale("web", &PatchParams::default(), &Patch::Merge(scale)).await?;
    expect(scaled.spec.and_then(|spec| spec.replicas) == Some(5), "the scale")
}

async fn lists(client: &Client, namespace: &str) -> Outcome {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    for index in 0..25 {
        let mut object = config_map(&format!("page-{index:02}"), "a");
        object.metadata.labels = Some(BTreeMap::from([("page".into(), (index % 2).to_string())]));
        api.create(&PostParams::default(), &object).await?;
    }
    let mut names = Vec::new();
    let mut page = ListParams::default().limit(10).labels("page");
    loop {
        let list = api.list(&page).await?;
        names.extend(list.items.iter().map(ResourceExt::name_any));
        match list.metadata.continue_ {
            Some(token) if !token.is_empty() => page = page.continue_token(&token),
            _ => break,
        }
    }
    expect(names.len() == 25 && names.is_sorted(), format!("pages {names:?}"))?;
    let odd = api.list(&ListParams::default().labels("page=1")).await?;
    expect(odd.items.len() == 12, "a label selector")?;
    let one = api.list(&ListParams::default().fields("metadata.name=page-07")).await?;
    expect(one.items.len() == 1, "a field selector")?;
    let metadata = api.list_metadata(&ListParams::default().labels("page")).await?;
    expect(metadata.items.len() == 25, "lists of metadata")?;
    api.delete_collection(&DeleteParams::default(), &ListParams::default().labels("page")).await?;
    expect(api.list(&ListParams::default().labels("page")).await?.items.is_empty(), "none is left")
}

async fn watches(client: &Client, namespace: &str) -> Outcome {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let start = api.list(&ListParams::default()).await?.metadata.resource_version.unwrap_or_default();
    api.create(&PostParams::default(), &config_map("seen", "a")).await?;
    let merge = Patch::Merge(json!({ "data": { "key": "b" } }));
    api.patch("seen", &PatchParams::default(), &merge).await?;
    api.delete("seen", &DeleteParams::default()).await?;
    let params = WatchParams::default().fields("metadata.name=seen").timeout(10);
    let mut events = api.watch(&params, &start).await?.boxed();
    let mut seen = Vec::new();
    while seen.len() < 3 {
        match events.try_next().await?.ok_or("the watch ended")? {
            WatchEvent::Added(object) => seen.push(format!("added {}", object.name_any())),
            WatchEvent::Modified(object) => seen.push(format!("modified {}", object.name_any())),
            WatchEvent::Deleted(object) => seen.push(format!("deleted {}", object.name_any())),
            WatchEvent::Bookmark(_) => {}
            WatchEvent::Error(status) => return Err(status.message.clone().into()),
        }
    }
    expect(seen == ["added seen", "modified seen", "deleted seen"], format!("events {seen:?}"))
}

/// The watcher that reflectors and controllers stand on, with a list and with a streamed one.
async fn watchers(client: &Client, namespace: &str) -> Outcome {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    api.create(&PostParams::default(), &config_map("early", "a")).await?;
    for (config, late) in [
        (watcher::Config::default(), "late-listed"),
        (watcher::Config::default().streaming_lists(), "late-streamed"),
    ] {
        let mut objects = watcher(api.clone(), config).applied_objects().boxed();
        while objects.try_next().await?.ok_or("the watcher ended")?.name_any() != "early" {}
        api.create(&PostParams::default(), &config_map(late, "a")).await?;
        while objects.try_next().await?.ok_or("the watcher ended")?.name_any() != late {}
    }
    Ok(())
}

async fn custom_resources(client: &Client, namespace: &str) -> Outcome {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let owner = PatchParams::apply("owner").force();
    let name = "ships.harbour.example.com";
    definitions.patch(name, &owner, &Patch::Apply(Ship::crd())).await?;
    tokio::time::timeout(WITHIN, await_condition(definitions.clone(), name, is_crd_established())).await??;
    let group = discovery::group(client, "harbour.example.com").await?;
    let (resource, _) = group.recommended_kind("Ship").ok_or("Ship is discovered")?;
    expect(resource.plural == "ships", "the plural is discovered")?;

    let api: Api<Ship> = Api::namespaced(client.clone(), namespace);
    let mut ship = Ship::new("dora", ShipSpec { flag: "NL".into(), boats: 2, cargo: vec!["tea".into()] });
    let made = api.create(&PostParams::default(), &ship).await?;
    expect(made.metadata.generation == Some(1), "a first generation")?;
    let merge = Patch::Merge(json!({ "spec": { "cargo": ["tea", "salt"] } }));
    let merged = api.patch("dora", &PatchParams::default(), &merge).await?;
    expect(merged.spec.cargo.len() == 2 && merged.metadata.generation == Some(2), "a second generation")?;
    let status = Patch::Merge(json!({ "status": { "boats": 1 } }));
    let known = api.patch_status("dora", &PatchParams::default(), &status).await?;
    expect(known.status.is_some_and(|s| s.boats == 1) && known.metadata.generation == Some(2), "a status")?;
    let scale = api.get_scale("dora").await?;
    expect(scale.spec.and_then(|s| s.replicas) == Some(2), "a scale")?;
    ship.metadata.name = Some("emma".into());
    ship.spec.boats = 21;
    let message = expect_code(api.create(&PostParams::default(), &ship).await, 422)?;
    expect(message.contains("spec.boats: Invalid value: 21: spec.boats in body should be less than or equal to 20"), message)?;
    ship.spec.boats = 3;
    let applied = api.patch("emma", &owner, &Patch::Apply(&ship)).await?;
    expect(applied.spec.boats == 3, "an applied object")?;
    expect(api.list(&ListParams::default()).await?.items.len() == 2, "two are listed")?;

    tokio::time::timeout(WITHIN, delete_and_finalize(definitions, name, &DeleteParams::default())).await??;
    expect_code(api.list(&ListParams::default()).await, 404)?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let client = Client::try_default().await?;
    let version = client.apiserver_version().await?;
    expect(version.major == "1", "a version")?;
    println!("ok connects");
    let mut namespace = Namespace::default();
    namespace.metadata.generate_name = Some("rust-".into());
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = namespaces.create(&PostParams::default(), &namespace).await?.name_any();
    writes(&client, &namespace).await?;
    println!("ok creates, replaces and deletes");
    patches(&client, &namespace).await?;
    println!("ok patches and applies");
    lists(&client, &namespace).await?;
    println!("ok lists in pages, with selectors and as metadata");
    watches(&client, &namespace).await?;
    println!("ok watches");
    tokio::time::timeout(WITHIN, watchers(&client, &namespace)).await??;
    println!("ok follows objects with lists and with streamed lists");
    custom_resources(&client, &namespace).await?;
    println!("ok defines and uses a custom resource");
    Ok(())
}
