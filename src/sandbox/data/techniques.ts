interface Technique {
  readonly name: string
  readonly tactics: readonly string[]
}

const technique = (name: string, ...tactics: string[]): Technique => ({ name, tactics })

/** ATT&CK ids of the detection rules, with names and tactics. */
export const techniques: Readonly<Record<string, Technique>> = {
  'T1003.001': technique('LSASS Memory', 'credential-access'),
  T1027: technique('Obfuscated Files or Information', 'defense-evasion'),
  T1041: technique('Exfiltration Over C2 Channel', 'exfiltration'),
  T1046: technique('Network Service Discovery', 'discovery'),
  T1047: technique('Windows Management Instrumentation', 'execution'),
  T1048: technique('Exfiltration Over Alternative Protocol', 'exfiltration'),
  'T1053.005': technique('Scheduled Task', 'execution', 'persistence', 'privilege-escalation'),
  'T1059.001': technique('PowerShell', 'execution'),
  'T1059.003': technique('Windows Command Shell', 'execution'),
  'T1070.001': technique('Clear Windows Event Logs', 'defense-evasion'),
  T1071: technique('Application Layer Protocol', 'command-and-control'),
  'T1071.001': technique('Web Protocols', 'command-and-control'),
  'T1071.004': technique('DNS', 'command-and-control'),
  T1078: technique('Valid Accounts', 'initial-access', 'persistence'),
  'T1078.004': technique('Cloud Accounts', 'initial-access', 'persistence'),
  T1098: technique('Account Manipulation', 'persistence', 'privilege-escalation'),
  'T1098.001': technique('Additional Cloud Credentials', 'persistence', 'privilege-escalation'),
  T1105: technique('Ingress Tool Transfer', 'command-and-control'),
  'T1110.001': technique('Password Guessing', 'credential-access'),
  'T1110.003': technique('Password Spraying', 'credential-access'),
  'T1114.003': technique('Email Forwarding Rule', 'collection'),
  T1190: technique('Exploit Public-Facing Application', 'initial-access'),
  'T1204.002': technique('Malicious File', 'execution'),
  'T1021.002': technique('SMB/Windows Admin Shares', 'lateral-movement'),
  T1219: technique('Remote Access Software', 'command-and-control'),
  T1486: technique('Data Encrypted for Impact', 'impact'),
  T1490: technique('Inhibit System Recovery', 'impact'),
  'T1505.003': technique('Web Shell', 'persistence'),
  T1530: technique('Data from Cloud Storage', 'collection'),
  'T1543.003': technique('Windows Service', 'persistence', 'privilege-escalation'),
  'T1547.001': technique('Registry Run Keys / Startup Folder', 'persistence', 'privilege-escalation'),
  'T1558.003': technique('Kerberoasting', 'credential-access'),
  'T1560.001': technique('Archive via Utility', 'collection'),
  'T1562.001': technique('Disable or Modify Tools', 'defense-evasion'),
  'T1562.008': technique('Disable or Modify Cloud Logs', 'defense-evasion'),
  'T1564.008': technique('Email Hiding Rules', 'defense-evasion'),
  'T1566.001': technique('Spearphishing Attachment', 'initial-access'),
  'T1566.002': technique('Spearphishing Link', 'initial-access'),
  'T1567.002': technique('Exfiltration to Cloud Storage', 'exfiltration'),
  'T1568.002': technique('Domain Generation Algorithms', 'command-and-control'),
  'T1569.002': technique('Service Execution', 'execution'),
  T1621: technique('Multi-Factor Authentication Request Generation', 'credential-access'),
}
