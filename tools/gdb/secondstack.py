# SPDX-License-Identifier: MIT
"""gdb shows second stacks: pretty printers and a command.

  (gdb) source /usr/local/share/secondstack/gdb/secondstack.py
  (gdb) print my_buffer         a buffer, region, slice, mark or stack, wherever one is printed
  (gdb) secondstack             the calling thread's own stack: lanes, chunks, what its scopes will undo,
                                and the marks, scopes, buffers and regions in the variables of the functions above
  (gdb) secondstack my_stack    the same for another stack

It reads memory and calls nothing, so it works on a core file. The program must be compiled with -g. The
library need not be: structs that only the library defines are read by the offsets of their fields, which
src/internal.h and src/records.h draw.
"""
import gdb
import gdb.printing

LANES_IN_ROW = 8
HEAD_WORDS = 12  # the words that a buffer keeps below its data: SS__BUFFER_HEAD
SS_ALIGN = 16


# ------------------------------------------------------------------------------------------------------------
# Memory


def word_bytes():
    return gdb.lookup_type("char").pointer().sizeof


def word_at(address, index=0):
    """The index-th word from an address on."""
    size = word_bytes()
    memory = gdb.selected_inferior().read_memory(address + index * size, size)
    return int.from_bytes(bytes(memory), "little")


def text_at(address):
    return gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string(errors="replace")


def symbol_at(address):
    """The name of the function or variable at an address, or ''."""
    found = gdb.execute("info symbol 0x%x" % address, to_string=True)
    # Without debug information gdb does not know the language of a name, and prints the two underscores of a
    # private name as a dot, as for Ada.
    return "" if found.startswith("No symbol") else found.split()[0].replace(".", "__")


def address_of(value):
    return int(value.cast(gdb.lookup_type("unsigned long")))


class Chunk:
    """struct ss__chunk"""

    WORDS = 6

    def __init__(self, address):
        self.below = word_at(address, 0)
        self.top = word_at(address, 1)
        self.limit = word_at(address, 2)
        start = address + self.WORDS * word_bytes()
        self.start = (start + SS_ALIGN - 1) & ~(SS_ALIGN - 1)


class Lane:
    def __init__(self, value, index, is_active, stack):
        self.value = value
        self.index = index
        self.is_active = is_active
        self.is_in_line = is_active and stack.is_in_line
        self.is_open = bool(value["is_open"]) or self.is_in_line
        self.is_region = bool(value["is_region"])
        self.top = address_of(stack.value["top"] if is_active else value["top"])
        self.chunks = []
        chunk = address_of(value["chunk"])
        while chunk:
            self.chunks.append(Chunk(chunk))
            chunk = self.chunks[-1].below
        if self.chunks:
            self.chunks[0].top = self.top

    def holder(self):
        if self.is_region:
            return "of a region"
        return "of an open buffer" if self.is_open else "idle"

    def describe(self):
        words = [self.holder()]
        if self.is_active:
            words = ["of the newest buffer, which is open" if self.is_in_line else "slices are made here"]
        for chunk in self.chunks:
            room = chunk.limit - chunk.start
            words.append("chunk at 0x%x: %d of %d bytes" % (chunk.start, chunk.top - chunk.start, room))
        room = self.chunks[0].limit - self.top if self.is_open else 0
        if self.is_region:
            words.append("the region's next slice at 0x%x, with room for %d bytes" % (self.top, room))
        elif self.is_open:
            words.append("the buffer's bytes from 0x%x, with room for %d" % (self.top, room))
        return "; ".join(words)


class Stack:
    def __init__(self, value):
        self.value = value
        self.is_in_line = address_of(value["version"]) == 2 ** (8 * word_bytes()) - 1

    def lanes(self):
        inline = self.value["lanes"]
        values = [inline[i] for i in range(inline.type.range()[1] + 1)]
        lane_type = values[0].type
        row = address_of(self.value["more_lanes"])
        while row:
            first = row + word_bytes()
            for i in range(LANES_IN_ROW):
                place = gdb.Value(first + i * lane_type.sizeof)
                values.append(place.cast(lane_type.pointer()).dereference())
            row = word_at(row)
        active = address_of(self.value["active"]) or address_of(values[0].address)
        lanes = [Lane(v, i, address_of(v.address) == active, self) for i, v in enumerate(values)]
        return [lane for lane in lanes if lane.chunks or lane.is_active]

    def describe(self):
        lanes = self.lanes()
        regions = sum(1 for lane in lanes if lane.is_region)
        return "%d bytes reserved, %d lanes, %d buffers open, %s%d growths, %d bytes copied" % (
            address_of(self.value["reserved"]),
            sum(1 for lane in lanes if lane.chunks),
            sum(1 for lane in lanes if lane.is_open and not lane.is_region),
            "%d regions, " % regions if regions else "",
            address_of(self.value["growths"]),
            address_of(self.value["bytes_copied"]),
        )

    def event_addresses(self):
        event = address_of(self.value["undo_log"])
        while event:
            yield event
            event = word_at(event, 0)

    def events(self):
        """A line for each thing that the scopes' ends will undo, the newest first."""
        for event in self.event_addresses():
            line = self.describe_event(event, symbol_at(word_at(event, 2)))
            if line:
                yield line

    def describe_event(self, event, undo):
        if undo == "ss__undo_open":
            data = event + HEAD_WORDS * word_bytes()
            is_open = any(lane.is_open and lane.top == data for lane in self.lanes())
            return "buffer at 0x%x, %s" % (data, "open" if is_open else "closed")
        if undo == "ss__undo_region":
            return self.describe_region(event + HEAD_WORDS * word_bytes(), word_at(event, 3))
        if undo == "ss__undo_defer":
            fn = word_at(event, 4)
            return "destructor %s(0x%x), %d to go" % (symbol_at(fn) or hex(fn), word_at(event, 5), word_at(event, 6))
        if undo == "ss__undo_pin":
            return "bytes that ss_restore_keep keeps"
        if undo == "ss__undo_record":
            return self.describe_record(event)
        return None

    def region_chunks(self, first, lane_address):
        """The chunks that hold a region's slices, the oldest first: where they begin, and how many bytes lie there."""
        for lane in self.lanes():
            if address_of(lane.value.address) != lane_address or not lane.is_region:
                continue
            found = []
            for chunk in lane.chunks:
                is_first = chunk.start <= first <= chunk.limit
                start = first if is_first else chunk.start
                found.insert(0, (start, chunk.top - start))
                if is_first:
                    return found
        return None

    def describe_region(self, first, lane_address):
        chunks = self.region_chunks(first, lane_address)
        if chunks is None:
            return "region at 0x%x" % first
        places = ", ".join("%d at 0x%x" % (size, start) for start, size in chunks)
        return "region at 0x%x, bytes of its slices: %s" % (first, places)

    def describe_record(self, event):
        """What SS_DEBUG=1 knows of a scope, slice or buffer."""
        kind = word_at(event, 4) & 0xFFFFFFFF
        site = self.value["site"].type
        made = event + 5 * word_bytes()
        size = word_at(made + site.sizeof, 1)
        line = word_at(made, 2) & 0xFFFFFFFF
        place = "%s at %s:%d" % (text_at(word_at(made, 0)), text_at(word_at(made, 1)), line)
        if kind == 1 and size == 0:
            return None  # a slice of 0 bytes, or what is left of the mark of a scope that has ended
        return ("scope: %s", "slice of %d bytes: %%s" % size, "open buffer: %s", "region: %s")[kind] % place


# ------------------------------------------------------------------------------------------------------------
# Pretty printers


class SlicePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        data = address_of(self.value["data"])
        if data == 0:
            return "no slice: the call failed"
        return "slice of %d bytes at 0x%x" % (address_of(self.value["size"]), data)


class MarkPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        version = address_of(self.value["version"])
        extra = ", saved while a buffer was open" if version & 1 else ""
        return "mark at 0x%x, version %d%s" % (address_of(self.value["top"]), version, extra)


class BufferPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        lane = address_of(self.value["lane"])
        name = symbol_at(lane) if lane else ""
        if not lane or name.startswith("ss__closed_lane"):
            return "closed buffer"
        if name.startswith("ss__unopened_lane"):
            return "buffer that never opened: the call failed"
        stack = Stack(self.value["stack"].dereference())
        for found in stack.lanes():
            if address_of(found.value.address) == lane and found.is_open:
                start = address_of(found.value["top"])
                top = address_of(self.value["top"])
                room = found.chunks[0].limit - top
                return "buffer of %d bytes at 0x%x, lane %d, room for %d more" % (top - start, start, found.index, room)
        return "buffer that is not open, or an old copy of one"


class RegionPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        lane = address_of(self.value["lane"])
        if not lane:
            return "region that never opened: the call failed"
        stack = Stack(self.value["stack"].dereference())
        first = address_of(self.value["first"])
        # The lane may be that of a later region: this one is open if its event is still to be undone.
        if not any(event == first - HEAD_WORDS * word_bytes() for event in stack.event_addresses()):
            return "region whose scope has ended"
        return stack.describe_region(first, lane)


class StackPrinter:
    def __init__(self, value):
        self.stack = Stack(value)

    def to_string(self):
        return "stack: " + self.stack.describe()

    def children(self):
        for lane in self.stack.lanes():
            yield "lane %d" % lane.index, lane.describe()


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("secondstack")
    collection.add_printer("ss_slice", "^ss_slice$", SlicePrinter)
    collection.add_printer("ss_mark", "^ss_mark$", MarkPrinter)
    collection.add_printer("ss_buffer", "^ss_buffer$", BufferPrinter)
    collection.add_printer("ss_region", "^ss_region$", RegionPrinter)
    collection.add_printer("ss_stack", "^ss_stack$", StackPrinter)
    return collection


gdb.printing.register_pretty_printer(None, printers(), replace=True)


# ------------------------------------------------------------------------------------------------------------
# The command


def variables_of(frame):
    """Of each block from the innermost to the function's: symbol, value."""
    try:
        block = frame.block()
    except RuntimeError:
        return
    while block:
        for symbol in block:
            if symbol.is_variable or symbol.is_argument:
                yield symbol, symbol.value(frame)
        if block.function:
            return
        block = block.superblock


def describe_variable(value, stack):
    """A line on a scope, mark, buffer or region of this stack, or None."""
    name = value.type.strip_typedefs().name
    if name == "ss__scope" and address_of(value["stack"]) == stack:
        return "scope from " + MarkPrinter(value["mark"]).to_string()
    if name == "ss_mark":
        return MarkPrinter(value).to_string()
    if name == "ss_buffer" and address_of(value["stack"]) == stack:
        return BufferPrinter(value).to_string()
    if name == "ss_region" and address_of(value["stack"]) == stack:
        return RegionPrinter(value).to_string()
    return None


class SecondstackCommand(gdb.Command):
    """Show a second stack: secondstack [EXPRESSION]. Without one, the calling thread's own."""

    def __init__(self):
        super().__init__("secondstack", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        value = gdb.parse_and_eval(argument or "ss__thread_abi1")
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
            value = value.dereference()
        stack = Stack(value)
        print("stack at 0x%x: %s" % (address_of(value.address), stack.describe()))
        for lane in stack.lanes():
            print("  lane %d: %s" % (lane.index, lane.describe()))
        for line in stack.events():
            print("  to be undone: " + line)
        frame = gdb.selected_frame()
        while frame:
            for symbol, variable in variables_of(frame):
                try:
                    line = describe_variable(variable, address_of(value.address))
                except (gdb.error, gdb.MemoryError):
                    continue  # the variable is optimised away, or has no value yet
                if line:
                    name = "" if symbol.name.startswith("ss__") else symbol.name + ", "
                    print("  in %s, line %d: %s%s" % (frame.name(), symbol.line, name, line))
            frame = frame.older()


SecondstackCommand()
