using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// An HDF5 file whose root holds arrays of numbers, as HDF5Data reads and HDF5Output writes them. The file is open
/// until the object is disposed of.
/// </summary>
public sealed class Hdf5Arrays : IDisposable
{
    private readonly Hdf5File file;

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">The file does not exist, is not an HDF5 file or is damaged.</exception>
    public Hdf5Arrays(string path) => file = new Hdf5File(path);

    /// <summary>Whether a file is an HDF5 file, by its content.</summary>
    /// <exception cref="CnnException">It does not exist or cannot be read.</exception>
    public static bool IsFormatOf(string path) => Hdf5File.IsHdf5(path);

    /// <summary>
    /// Returns the dimensions of an array whose values can be read, outermost first; empty for a scalar.
    /// </summary>
    /// <exception cref="CnnException">There is no array of that name, or it does not hold numbers.</exception>
    public int[] Shape(string name) => file.Read(
        root =>
        {
            IH5Dataset dataset = Find(root, name);
            file.Numbers(dataset);
            return Array.ConvertAll(dataset.Space.Dimensions, d => d <= int.MaxValue
                ? (int)d
                : throw new CnnException($"{file.What(name)} has a dimension of {d}, too many"));
        },
        name);

    /// <summary>
    /// Reads the values of an array in row-major order; integers and floats of any width are read as floats.
    /// </summary>
    /// <param name="name">The array.</param>
    /// <param name="memory">The memory to read into if it is large enough; otherwise new memory is allocated.</param>
    /// <returns>The memory with the values, which may be longer.</returns>
    /// <exception cref="CnnException">
    /// There is no array of that name, or it does not hold numbers, or it holds too many.
    /// </exception>
    public float[] Read(string name, float[]? memory = null)
    {
        StoredArray numbers = file.Read(root => file.Numbers(Find(root, name)), name);
        if (numbers.Count > Array.MaxLength)
        {
            throw new CnnException($"{file.What(name)} has {numbers.Count} values, more than {Array.MaxLength}");
        }

        float[] values = memory is not null && memory.Length >= numbers.Count
            ? memory
            : file.Read(_ => new float[numbers.Count], name);
        if (numbers.Count > 0)
        {
            numbers.CopyTo(values.AsSpan(0, (int)numbers.Count));
        }

        return values;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private IH5Dataset Find(IH5Group root, string name)
    {
        if (root.LinkExists(name) && root.Get(name) is IH5Dataset dataset)
        {
            return dataset;
        }

        string[] names = [.. root.Children().OfType<IH5Dataset>().Select(d => d.Name)];
        throw new CnnException(
            $"{file.Path}: has no dataset '{name}'",
            Suggestion.For(name, names) ?? (names.Length == 0 ? "it has none" : $"it has {string.Join(", ", names)}"));
    }
}
