namespace Cnn.Proto.Formats.Safetensors;

/// <summary>The types of numbers in safetensors files, by the names that the format gives them.</summary>
internal static class SafetensorsTypes
{
    /// <summary>The type that is written.</summary>
    public const string Float32 = "F32";

    /// <summary>Returns a type; null for one that cannot be read, such as a float of 8 bits.</summary>
    public static NumberType? Find(string name) => name switch
    {
        "F64" => NumberType.Float64,
        Float32 => NumberType.Float32,
        "F16" => NumberType.Float16,
        "BF16" => new NumberType(NumberKind.BrainFloat, 2),
        "I64" => new NumberType(NumberKind.Signed, 8),
        "I32" => new NumberType(NumberKind.Signed, 4),
        "I16" => new NumberType(NumberKind.Signed, 2),
        "I8" => new NumberType(NumberKind.Signed, 1),
        "U64" => new NumberType(NumberKind.Unsigned, 8),
        "U32" => new NumberType(NumberKind.Unsigned, 4),
        "U16" => new NumberType(NumberKind.Unsigned, 2),
        "U8" or "BOOL" => new NumberType(NumberKind.Unsigned, 1),
        _ => null,
    };
}
