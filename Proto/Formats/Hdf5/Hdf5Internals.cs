using System.Collections;
using System.Reflection;
using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// Reads what PureHDF knows of a dataset and does not publish: the byte order and layout of its numbers, and its
/// filters.
/// </summary>
internal static class Hdf5Internals
{
    /// <summary>Returns the datatype message.</summary>
    public static object DataType(IH5Dataset dataset) => Get<object>(dataset, "InternalDataType");

    /// <summary>Returns the bits that all types of a class have, such as the byte order.</summary>
    public static object BitField(object dataType) => Get<object>(dataType, "BitField");

    /// <summary>
    /// Returns the numbers that describe a type further, such as the positions of exponent and mantissa.
    /// </summary>
    public static object Properties(object dataType) => Get<Array>(dataType, "Properties").GetValue(0)!;

    /// <summary>
    /// Returns the filters in the order in which they were applied: number and, where it is stored, name.
    /// </summary>
    public static IEnumerable<(int Id, string Name)> Filters(IH5Dataset dataset)
    {
        object? pipeline = Find(dataset, "InternalFilterPipeline");
        return pipeline is null
            ? []
            : Get<Array>(pipeline, "FilterDescriptions").Cast<object>()
                .Select(filter => (Number(filter, "Identifier"), Get<string>(filter, "Name")));
    }

    /// <summary>Returns a property's value as text.</summary>
    public static string Text(object from, string property) => Get<object>(from, property).ToString()!;

    /// <summary>Returns a property's value as a number.</summary>
    public static int Number(object from, string property) => Convert.ToInt32(Get<object>(from, property));

    /// <summary>Whether the values lie in other files, of any bytes.</summary>
    public static bool HasExternalStorage(IH5Dataset dataset) => Find(dataset, "InternalExternalFileList") is not null;

    /// <summary>
    /// Returns the files that the library has opened by links, by the driver of the file that has the links.
    /// </summary>
    public static IDictionary LinkedFiles(Assembly library) =>
        (IDictionary)(library.GetType("PureHDF.VOL.Native.NativeCache", throwOnError: true)!
            .GetField("_fileMap", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null)
            ?? throw new MissingMemberException("NativeCache", "_fileMap"));

    /// <summary>Returns what reads a file's bytes.</summary>
    public static object Driver(IH5Group file) => Get<object>(Get<object>(file, "Context"), "Driver");

    private static T Get<T>(object from, string property)
        where T : class => (T)(Find(from, property) ?? throw new MissingMemberException(from.GetType().Name, property));

    private static object? Find(object from, string property) => from.GetType()
        .GetProperty(property, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(from);
}
