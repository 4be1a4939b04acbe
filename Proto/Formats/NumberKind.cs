namespace Cnn.Proto.Formats;

/// <summary>How the bits of a stored number are read.</summary>
internal enum NumberKind
{
    /// <summary>IEEE 754 binary16, binary32 or binary64.</summary>
    Float,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BrainFloat,

    /// <summary>An integer in two's complement.</summary>
    Signed,

    /// <summary>An integer without a sign.</summary>
    Unsigned,
}
