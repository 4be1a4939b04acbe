using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>The types of datasets: those whose values can be read as floats, and descriptions of all others.</summary>
internal static class Hdf5Types
{
    /// <summary>Returns the type of a dataset's numbers.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="what">Its file and name, for errors.</param>
    /// <exception cref="CnnException">The dataset holds something else, or numbers of another kind.</exception>
    public static NumberType Read(IH5Dataset dataset, string what)
    {
        (NumberType? type, string words) = dataset.Type.Class switch
        {
            H5DataTypeClass.FixedPoint => Integers(dataset),
            H5DataTypeClass.FloatingPoint => Floats(dataset),
            _ => (null, OtherThanNumbers(dataset.Type.Class) + ", not numbers"),
        };
        return type ?? throw new CnnException($"{what} holds {words}", "write it again as float32");
    }

    private static (NumberType? Type, string Words) Integers(IH5Dataset dataset)
    {
        object type = Hdf5Internals.DataType(dataset), layout = Hdf5Internals.Properties(type);
        int bits = Hdf5Internals.Number(layout, "BitPrecision"), size = dataset.Type.Size;
        bool isWhole = size is 1 or 2 or 4 or 8 && bits == 8 * size && Hdf5Internals.Number(layout, "BitOffset") == 0;
        NumberKind kind = dataset.Type.FixedPoint.IsSigned ? NumberKind.Signed : NumberKind.Unsigned;
        return isWhole
            ? (new NumberType(kind, size, IsBigEndian(type)), "")
            : (null, $"integers of {bits} bits in {size} byte(s), which cannot be read");
    }

    private static (NumberType? Type, string Words) Floats(IH5Dataset dataset)
    {
        object type = Hdf5Internals.DataType(dataset), layout = Hdf5Internals.Properties(type);
        int size = dataset.Type.Size;
        int exponent = Hdf5Internals.Number(layout, "ExponentSize");
        int mantissa = Hdf5Internals.Number(layout, "MantissaSize");
        NumberKind? kind = (size, exponent, mantissa, Hdf5Internals.Text(layout, "ExponentBias")) switch
        {
            (2, 5, 10, "15") or (4, 8, 23, "127") or (8, 11, 52, "1023") => NumberKind.Float,
            (2, 8, 7, "127") => NumberKind.BrainFloat,
            _ => null,
        };
        object bitField = Hdf5Internals.BitField(type);
        bool isPlain = Hdf5Internals.Number(layout, "BitOffset") == 0
            && Hdf5Internals.Number(layout, "MantissaLocation") == 0
            && Hdf5Internals.Number(layout, "ExponentLocation") == mantissa
            && Hdf5Internals.Number(bitField, "SignLocation") == (8 * size) - 1
            && Hdf5Internals.Text(bitField, "ByteOrder") is "LittleEndian" or "BigEndian";
        return kind is { } known && isPlain
            ? (new NumberType(known, size, IsBigEndian(type)), "")
            : (null, $"floats of {8 * size} bits with {exponent} of exponent and {mantissa} of mantissa in "
                + "a layout that cannot be read");
    }

    private static bool IsBigEndian(object type) =>
        Hdf5Internals.Text(Hdf5Internals.BitField(type), "ByteOrder") == "BigEndian";

    private static string OtherThanNumbers(H5DataTypeClass type) => type switch
    {
        H5DataTypeClass.Time => "times",
        H5DataTypeClass.String => "text",
        H5DataTypeClass.BitField => "bit fields",
        H5DataTypeClass.Opaque => "opaque bytes",
        H5DataTypeClass.Compound => "compounds (records of several fields)",
        H5DataTypeClass.Reference => "references",
        H5DataTypeClass.Enumerated => "enumerated values (such as booleans of h5py)",
        H5DataTypeClass.VariableLength => "values of variable length",
        H5DataTypeClass.Array => "arrays as its elements",
        _ => "values of a kind that is not known here",
    };
}
