import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The settings in the folder that "huiliu publisher add DIVISION --kinds project,award --into FOLDER" wrote. */
export function read(folder) {
  const text = (name) => readFileSync(join(folder, name), 'utf8')
  const told = Object.fromEntries(
    text('kcat.conf')
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const user = told['sasl.username'] ?? ''
  const login = { mechanism: 'scram-sha-512', username: user, password: told['sasl.password'] }
  const ca = existsSync(join(folder, 'ca.pem')) ? { ca: [text('ca.pem')] } : true
  return {
    user,
    division: user.replace('publisher-', ''),
    registry: text('registry').trim(),
    kafka: {
      clientId: user,
      brokers: told['bootstrap.servers'].split(','),
      ...(told['security.protocol'].startsWith('SASL') && { sasl: login }),
      ...(told['security.protocol'].endsWith('SSL') && { ssl: ca }),
    },
  }
}
