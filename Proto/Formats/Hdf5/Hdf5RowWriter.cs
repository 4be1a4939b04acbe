using PureHDF;
using PureHDF.Selections;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// Writes an HDF5 file of float32 arrays a few rows at a time, so that they need not fit into memory; HDF5Data reads
/// such files. Nothing exists under the final name until <see cref="Commit"/>; what exists already is never
/// overwritten.
/// </summary>
public sealed class Hdf5RowWriter : IDisposable
{
    private readonly string path;
    private readonly FileStream file;
    private readonly int[][] shapes;
    private readonly H5Dataset<Memory<float>>[] datasets;
    private readonly int[] rows;
    private readonly H5NativeWriter writer;
    private float[] buffer = [];
    private bool isCommitted;

    private Hdf5RowWriter(string path, (string Name, int[] Shape)[] arrays)
    {
        this.path = path;
        shapes = Array.ConvertAll(arrays, a => a.Shape);
        rows = new int[arrays.Length];
        datasets = Array.ConvertAll(
            arrays, a => new H5Dataset<Memory<float>>(Array.ConvertAll(a.Shape, d => (ulong)d)));
        var content = new H5File();
        for (int i = 0; i < arrays.Length; i++)
        {
            content[arrays[i].Name] = datasets[i];
        }

        file = TemporaryFile.Beside(Path.GetFullPath(path), isPrivate: false);
        try
        {
            writer = content.BeginWrite(file, new H5WriteOptions(PreferCompactDatasetLayout: false));
        }
        catch
        {
            Remove();
            throw;
        }
    }

    /// <summary>Starts a file.</summary>
    /// <param name="path">The file to create.</param>
    /// <param name="arrays">The datasets by name, each with the shape it will have; the first axis is its rows.</param>
    /// <exception cref="CnnException">The path exists, or nothing can be written there.</exception>
    public static Hdf5RowWriter Create(string path, params (string Name, int[] Shape)[] arrays)
    {
        PathText.Require(path);
        if (Path.Exists(path))
        {
            throw new CnnException($"'{path}' exists already", "remove it or write to another name");
        }

        return Guarded(path, () => new Hdf5RowWriter(path, arrays));
    }

    /// <summary>Writes the next rows of an array.</summary>
    /// <param name="array">The array's number in the order of <see cref="Create"/>.</param>
    /// <param name="values">Whole rows, one after the other.</param>
    /// <exception cref="CnnException">The array has no room for them, or writing failed.</exception>
    public void Append(int array, ReadOnlySpan<float> values)
    {
        int[] shape = shapes[array];
        int row = shape[1..].Aggregate(1, (product, dim) => product * dim);
        int count = row == 0 ? 0 : values.Length / row;
        if (count * row != values.Length || rows[array] + count > shape[0])
        {
            throw new CnnException(
                $"{values.Length} values do not fit the rest of an array of {string.Join(" x ", shape)} in '{path}'");
        }

        if (buffer.Length < values.Length)
        {
            buffer = new float[values.Length];
        }

        values.CopyTo(buffer);
        ulong[] start = new ulong[shape.Length], size = Array.ConvertAll(shape, d => (ulong)d);
        (start[0], size[0]) = ((ulong)rows[array], (ulong)count);
        Memory<float> piece = buffer.AsMemory(0, values.Length);
        Guarded(path, () =>
        {
            writer.Write(
                datasets[array], piece, fileSelection: new HyperslabSelection(shape.Length, start, size));
            return 0;
        });
        rows[array] += count;
    }

    /// <summary>Completes the file, flushes it to disk and gives it its name.</summary>
    /// <exception cref="CnnException">An array is not complete, or writing failed.</exception>
    public void Commit()
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] < shapes[i][0])
            {
                throw new CnnException($"only {rows[i]} of {shapes[i][0]} rows were written to '{path}'");
            }
        }

        Guarded(path, () =>
        {
            writer.Dispose();
            DiskFlush.Of(file);
            file.Dispose();
            File.Move(file.Name, path);
            isCommitted = true;
            OutputFolder.FlushParent(path);
            return 0;
        });
    }

    /// <summary>Ends writing and removes what was not committed.</summary>
    public void Dispose()
    {
        if (isCommitted)
        {
            file.Dispose();
        }
        else
        {
            Remove();
        }
    }

    // What is buffered is written once more, which fails where it has failed before.
    private void Remove()
    {
        try
        {
            file.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }

        TemporaryFile.TryDelete(file.Name);
    }

    private static T Guarded<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (FileErrors.From(path, "write", exception) is { } error)
        {
            throw error;
        }
    }
}
