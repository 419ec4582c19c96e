import type { Status } from '@particle-grants/core/machine'
import type { Box, Line } from './geometry.ts'

/** The route of an arrow, and on which side of its longest part its label is. */
export interface Route {
  readonly line: Line
  readonly side: 'above' | 'below' | 'left' | 'right'
}

/** The picture. One unit is about one pixel in the text column. */
export const viewBox = '0 -26 740 602'

/**
 * The position of each state: `signed_out`, which all states lead to, on the left; the sign-in in the middle; tokens on the
 * right. No two arrows cross. A missing state does not compile.
 */
export const boxes: Readonly<Record<Status, Box>> = {
  signed_out: { x: 60, y: 280, width: 104, height: 560 },
  mfa_required: { x: 370, y: 92, width: 190, height: 44 },
  requesting: { x: 370, y: 265, width: 190, height: 60 },
  reauthentication_required: { x: 390, y: 485, width: 230, height: 44 },
  signed_in: { x: 670, y: 205, width: 104, height: 410 },
  renewing: { x: 670, y: 485, width: 104, height: 44 },
}

const level = (y: number, from: number, to: number): Line => [
  { x: from, y },
  { x: to, y },
]
const upright = (x: number, from: number, to: number): Line => [
  { x, y: from },
  { x, y: to },
]

/** Routes that were drawn by hand. Other arrows are straight. */
export const routes: Partial<Readonly<Record<`${Status} ${Status}`, Route>>> = {
  'signed_out signed_in': { line: level(14, 112, 618), side: 'above' },
  'signed_in signed_out': { line: level(42, 618, 112), side: 'above' },
  'mfa_required signed_out': { line: level(92, 275, 112), side: 'below' },
  'mfa_required signed_in': { line: level(92, 465, 618), side: 'below' },
  'signed_out requesting': { line: level(253, 112, 275), side: 'above' },
  'requesting signed_out': { line: level(277, 275, 112), side: 'below' },
  'requesting signed_in': { line: level(253, 465, 618), side: 'above' },
  'signed_in requesting': { line: level(277, 618, 465), side: 'below' },
  'requesting mfa_required': { line: upright(358, 235, 114), side: 'left' },
  'mfa_required requesting': { line: upright(382, 114, 235), side: 'right' },
  'reauthentication_required requesting': { line: upright(358, 463, 295), side: 'left' },
  'requesting reauthentication_required': { line: upright(382, 295, 463), side: 'right' },
  'signed_in reauthentication_required': {
    line: [
      { x: 618, y: 378 },
      { x: 468, y: 378 },
      { x: 468, y: 463 },
    ],
    side: 'above',
  },
  'reauthentication_required signed_in': {
    line: [
      { x: 492, y: 463 },
      { x: 492, y: 398 },
      { x: 618, y: 398 },
    ],
    side: 'below',
  },
  'reauthentication_required signed_out': { line: level(485, 275, 112), side: 'above' },
  'renewing signed_in': { line: upright(650, 463, 410), side: 'left' },
  'signed_in renewing': { line: upright(668, 410, 463), side: 'right' },
  'renewing reauthentication_required': { line: level(485, 618, 505), side: 'below' },
  'renewing signed_out': {
    line: [
      { x: 680, y: 507 },
      { x: 680, y: 542 },
      { x: 112, y: 542 },
    ],
    side: 'above',
  },
}
