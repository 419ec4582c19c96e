import type { Status } from '@particle-grants/core'
import type { Box, Line } from './geometry.ts'

/** The way of an arrow, and on which side of its longest level or upright part its events stand. */
export interface Route {
  readonly line: Line
  readonly side: 'above' | 'below' | 'left' | 'right'
}

/** Of the picture, in the units of everything here: about a pixel each in a text's column. */
export const viewBox = '0 -26 720 572'

/**
 * Where each state stands: `signed_out`, which all lead to, down the left; sign-in in the middle; tokens on the right.
 * Then no two arrows cross. A new status does not compile.
 */
export const boxes: Readonly<Record<Status, Box>> = {
  signed_out: { x: 60, y: 265, width: 104, height: 530 },
  mfa_required: { x: 350, y: 92, width: 190, height: 44 },
  requesting: { x: 350, y: 265, width: 190, height: 60 },
  reauthentication_required: { x: 370, y: 455, width: 230, height: 44 },
  signed_in: { x: 650, y: 190, width: 104, height: 380 },
  renewing: { x: 650, y: 455, width: 104, height: 44 },
}

const level = (y: number, from: number, to: number): Line => [
  { x: from, y },
  { x: to, y },
]
const upright = (x: number, from: number, to: number): Line => [
  { x, y: from },
  { x, y: to },
]

/** Ways that were drawn by hand. What the table gets besides goes straight, until somebody draws it here. */
export const routes: Partial<Readonly<Record<`${Status} ${Status}`, Route>>> = {
  'signed_out signed_in': { line: level(14, 112, 598), side: 'above' },
  'signed_in signed_out': { line: level(42, 598, 112), side: 'above' },
  'mfa_required signed_out': { line: level(92, 255, 112), side: 'below' },
  'mfa_required signed_in': { line: level(92, 445, 598), side: 'below' },
  'signed_out requesting': { line: level(253, 112, 255), side: 'above' },
  'requesting signed_out': { line: level(277, 255, 112), side: 'below' },
  'requesting signed_in': { line: level(253, 445, 598), side: 'above' },
  'signed_in requesting': { line: level(277, 598, 445), side: 'below' },
  'requesting mfa_required': { line: upright(338, 235, 114), side: 'left' },
  'mfa_required requesting': { line: upright(362, 114, 235), side: 'right' },
  'reauthentication_required requesting': { line: upright(338, 433, 295), side: 'left' },
  'requesting reauthentication_required': { line: upright(362, 295, 433), side: 'right' },
  'signed_in reauthentication_required': {
    line: [
      { x: 598, y: 348 },
      { x: 448, y: 348 },
      { x: 448, y: 433 },
    ],
    side: 'above',
  },
  'reauthentication_required signed_in': {
    line: [
      { x: 472, y: 433 },
      { x: 472, y: 368 },
      { x: 598, y: 368 },
    ],
    side: 'below',
  },
  'reauthentication_required signed_out': { line: level(455, 255, 112), side: 'above' },
  'renewing signed_in': { line: upright(630, 433, 380), side: 'left' },
  'signed_in renewing': { line: upright(648, 380, 433), side: 'right' },
  'renewing reauthentication_required': { line: level(455, 598, 485), side: 'below' },
  'renewing signed_out': {
    line: [
      { x: 660, y: 477 },
      { x: 660, y: 512 },
      { x: 112, y: 512 },
    ],
    side: 'above',
  },
}
