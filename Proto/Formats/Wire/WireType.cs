namespace Cnn.Proto.Formats.Wire;

/// <summary>How the value of a field is written; see "Encoding" in the documentation of protocol buffers.</summary>
internal enum WireType
{
    /// <summary>An integer of variable length.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, then that many bytes.</summary>
    Length = 2,

    /// <summary>The start of a group, whose fields follow; obsolete, but used by old files and forks.</summary>
    StartGroup = 3,

    /// <summary>The end of the group of the same field number.</summary>
    EndGroup = 4,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
