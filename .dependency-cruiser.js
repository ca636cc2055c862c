// Gives dependency-cruiser the rules that are made from rooms.json.
import { readRooms, roomRules } from './test/rooms/room-rules.ts';

export default roomRules(readRooms());
