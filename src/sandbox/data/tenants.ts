import { hash } from './random.js'

/** One row of `tenants`, as the schema's TenantV4 names its fields. */
export interface Tenant {
  readonly id: string
  readonly name: string
  readonly parentTenantID: string | null
  readonly partnerTenantID: string | null
  readonly partnerName: string | null
  readonly organizationTenantID: string | null
  readonly organizationName: string | null
  readonly enabled: boolean
  readonly isOrganization: boolean
  readonly isPartner: boolean
  readonly hasSupportEnabled: boolean
  readonly allowResponseActions: boolean
  readonly expiresAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly hierarchyPath: string
  readonly enabledAtEnvironments: readonly string[]
  readonly labels: readonly { id: string; name: string; value: string; ownerPartnerId: string }[]
  readonly subscriptions: {
    readonly granted: readonly Record<string, string | null>[]
    readonly requested: readonly Record<string, string | null>[]
    readonly revoked: readonly Record<string, string | null>[]
  }
}

/** The tenant that the seeded analyst's token names. Its people also work in every tenant below it. */
export const homeTenantId = '50530'
const homeName = 'Harbour Managed Security'

const companies = [
  'Alder Dairy',
  'Beacon Optics',
  'Birchfield Schools',
  'Bluewater Ferries',
  'Cedar Point Clinics',
  'Copperline Rail',
  'Dunmore Castings',
  'Eastgate Retail',
  'Elm Street Theatres',
  'Fairhaven Foods',
  'Fernwood Paper',
  'Glasshouse Labs',
  'Granite Credit Union',
  'Greenfield Seeds',
  'Hartwell Motors',
  'Hazel Grove Homes',
  'Ironbridge Tools',
  'Juniper Hotels',
  'Kestrel Couriers',
  'Lakeside Energy',
  'Larkspur Media',
  'Lighthouse Insurance',
  'Maple Leaf Bakeries',
  'Meridian Maps',
  'Millrace Textiles',
  'Northgate Council',
  'Oakfield Pharma',
  'Orchard Software',
  'Pinecrest Timber',
  'Quarry Hill Stone',
  'Redwood Furniture',
  'Riverside Hospital',
  'Saltmarsh Fisheries',
  'Silverbrook Water',
  'Stonebridge Law',
  'Thornbury Gas',
  'Upland Farms',
  'Vale Printing',
  'Westmoor Airport',
] as const

const dayMs = 86_400_000

/** The home tenant and the 39 below it; two of them are switched off. The same for every seed. */
export function createTenants(now: number): readonly Tenant[] {
  const day = (daysAgo: number) => new Date(now - daysAgo * dayMs).toISOString()
  const make = (id: string, name: string, index: number): Tenant => {
    const home = index === 0
    return {
      id,
      name,
      parentTenantID: home ? null : homeTenantId,
      partnerTenantID: homeTenantId,
      partnerName: homeName,
      organizationTenantID: null,
      organizationName: null,
      enabled: index !== 17 && index !== 33,
      isOrganization: false,
      isPartner: home,
      hasSupportEnabled: hash(index, 1) % 3 !== 0,
      allowResponseActions: hash(index, 2) % 4 !== 0,
      expiresAt: home ? null : day(-200 - (hash(index, 3) % 400)),
      createdAt: day(400 + (hash(index, 4) % 1200)),
      updatedAt: day(hash(index, 5) % 90),
      hierarchyPath: home ? id : `${homeTenantId}.${id}`,
      enabledAtEnvironments: ['CHARLIE'],
      labels: home
        ? []
        : [
            {
              id: `label-${id}-tier`,
              name: 'tier',
              value: ['gold', 'silver', 'bronze'][hash(index, 6) % 3] ?? 'bronze',
              ownerPartnerId: homeTenantId,
            },
          ],
      subscriptions: {
        granted: [
          {
            id: `subscription-${id}-xdr`,
            serviceID: 'service-xdr',
            serviceName: 'XDR',
            serviceDescription: 'Detection and response',
            ownerPartnerId: homeTenantId,
            requestedAt: day(410),
            grantedAt: day(405),
            revokedAt: null,
          },
        ],
        requested: [],
        revoked: [],
      },
    }
  }
  return [
    make(homeTenantId, homeName, 0),
    ...companies.map((name, i) => make(String(50_611 + i * 37), name, i + 1)),
  ]
}
