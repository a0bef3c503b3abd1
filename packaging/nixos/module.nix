# imports = [ ./module.nix ];
# services.dormouse = { enable = true; program = ./ddns-linux-amd64; tokenFile = "/run/keys/ddns"; settings.domains = [ "home.example.org" ]; };
{ config, lib, pkgs, ... }:
let
  cfg = config.services.dormouse;
  settings = pkgs.writeText "ddns.json" (builtins.toJSON cfg.settings);
in
{
  options.services.dormouse = {
    enable = lib.mkEnableOption "Dormouse, dynamic DNS for Cloudflare";
    program = lib.mkOption {
      type = lib.types.path;
      description = "The static file of a release for this machine; it must be executable.";
    };
    tokenFile = lib.mkOption {
      type = lib.types.str;
      description = "A file with the API token, outside of the store. systemd reads it as root.";
    };
    settings = lib.mkOption {
      type = lib.types.attrs;
      default = { };
      description = "Settings by their names in docs/settings.md, in lower case. No secrets: everybody can read the store.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.ddns = {
      description = "Dormouse, dynamic DNS for Cloudflare";
      wants = [ "network-online.target" ];
      after = [ "network-online.target" ];
      wantedBy = [ "multi-user.target" ];
      environment = {
        CLOUDFLARE_API_TOKEN_FILE = "%d/token";
        EMOJI = "false";
      };
      # As in packaging/systemd/ddns.service; tests/unit/test_packaging_places.py compares them.
      serviceConfig = {
        Type = "notify";
        LoadCredential = "token:${cfg.tokenFile}";
        ExecStart = "${cfg.program} --config ${settings}";
        Restart = "on-failure";
        RestartSec = 30;
        RestartPreventExitStatus = 2;
        TimeoutStopSec = 20;
        DynamicUser = true;
        NoNewPrivileges = true;
        CapabilityBoundingSet = "";
        AmbientCapabilities = "";
        ProtectSystem = "strict";
        ProtectHome = true;
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        ProtectProc = "invisible";
        PrivateDevices = true;
        PrivateTmp = true;
        PrivateUsers = true;
        RestrictAddressFamilies = "AF_INET AF_INET6 AF_NETLINK AF_UNIX";
        RestrictNamespaces = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        LockPersonality = true;
        MemoryDenyWriteExecute = true;
        SystemCallArchitectures = "native";
        SystemCallFilter = "@system-service";
        SystemCallErrorNumber = "EPERM";
        UMask = "0077";
        TasksMax = 32;
        MemoryMax = "64M";
      };
    };
  };
}
