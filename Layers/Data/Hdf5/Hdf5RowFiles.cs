using Cnn.Proto;
using Cnn.Proto.Formats.Hdf5;

namespace Cnn.Layers.Data.Hdf5;

/// <summary>
/// The HDF5 files of a list, of which one at a time is in memory. All hold the same datasets; the first axis of each
/// dataset is the rows, and the others are the same in all files.
/// </summary>
internal sealed class Hdf5RowFiles
{
    private readonly string[] paths;
    private readonly string[] names;
    private readonly float[][] values;
    private int loaded = -1;

    /// <summary>Reads the list, and the number of rows of each file.</summary>
    /// <param name="list">
    /// The text file with one file name per line; each name is looked up like all file names, then beside the list.
    /// </param>
    /// <param name="files">Finds files.</param>
    /// <param name="names">The datasets.</param>
    /// <exception cref="CnnException">A file cannot be read or does not fit the others.</exception>
    public Hdf5RowFiles(string list, PathResolver files, string[] names)
    {
        this.names = names;
        values = new float[names.Length][];
        paths = ReadPaths(list, files);
        Rows = new int[paths.Length];
        Shapes = new int[names.Length][];
        for (int file = 0; file < paths.Length; file++)
        {
            ReadShapes(file);
        }

        if (Array.TrueForAll(Rows, rows => rows == 0))
        {
            throw new CnnException($"the files that '{list}' lists hold no rows");
        }

        RowSizes = Array.ConvertAll(Shapes, RowSize);
    }

    /// <summary>The rows of each file.</summary>
    public int[] Rows { get; }

    /// <summary>The shape of each dataset; the caller sets the first axis.</summary>
    public int[][] Shapes { get; }

    /// <summary>The values in a row of each dataset.</summary>
    public int[] RowSizes { get; }

    /// <summary>Returns the list or the first of its files that does not exist; null where all do.</summary>
    /// <param name="list">The list.</param>
    /// <param name="files">Finds files.</param>
    /// <exception cref="CnnException">The list cannot be read.</exception>
    public static string? FindMissing(string list, PathResolver files) =>
        Path.Exists(list) ? Array.Find(ReadPaths(list, files), path => !Path.Exists(path)) : list;

    /// <summary>Loads a file into memory, unless it is there already.</summary>
    public void Load(int file)
    {
        if (file == loaded)
        {
            return;
        }

        loaded = -1;
        using var open = new Hdf5Arrays(paths[file]);
        for (int i = 0; i < names.Length; i++)
        {
            int[] shape = open.Shape(names[i]);
            if (shape.Length != Shapes[i].Length || shape[0] != Rows[file] || RowSize(shape) != RowSizes[i])
            {
                throw new CnnException($"{paths[file]}: dataset '{names[i]}' has changed since it was first opened");
            }

            // Reuses the memory of the last file where it is large enough.
            values[i] = open.Read(names[i], values[i]);
        }

        loaded = file;
    }

    /// <summary>Returns a row of a dataset of the file in memory.</summary>
    public ReadOnlySpan<float> Row(int dataset, int row) =>
        values[dataset].AsSpan(row * RowSizes[dataset], RowSizes[dataset]);

    private static string[] ReadPaths(string list, PathResolver files) => Array.ConvertAll(
        ReadList(list),
        line => Path.Exists(files.Find(line)) ? files.Find(line) : new PathResolver(list).Find(line));

    private static string[] ReadList(string list)
    {
        if (Hdf5Arrays.IsFormatOf(list))
        {
            throw new CnnException(
                $"'{list}' is an HDF5 file itself", "source is a text file that lists .h5 files, one in each line");
        }

        // A byte order mark, which some editors write, is not part of the first name.
        string[] lines = FileText.Decode(FileText.ReadBytes(list), list)
            .TrimStart('\uFEFF')
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0
            ? lines
            : throw new CnnException($"'{list}' lists no files", "one file's name in each line");
    }

    private static int RowSize(int[] shape)
    {
        long size = 1;
        foreach (int dim in shape.AsSpan(1))
        {
            size = Math.Min(int.MaxValue, size * dim);
        }

        return (int)size;
    }

    private void ReadShapes(int file)
    {
        using var open = new Hdf5Arrays(paths[file]);
        for (int i = 0; i < names.Length; i++)
        {
            int[] shape = open.Shape(names[i]);
            if (shape.Length is 0 or > Blob.MaxAxes)
            {
                throw new CnnException(
                    $"{paths[file]}: dataset '{names[i]}' has {shape.Length} axes",
                    $"1 to {Blob.MaxAxes}, the first of them rows");
            }

            if (i > 0 && shape[0] != Rows[file])
            {
                throw new CnnException(
                    $"{paths[file]}: dataset '{names[i]}' has {shape[0]} rows, '{names[0]}' has {Rows[file]}");
            }

            if (file > 0 && !shape.AsSpan(1).SequenceEqual(Shapes[i].AsSpan(1)))
            {
                throw new CnnException(
                    $"{paths[file]}: dataset '{names[i]}' has shape {string.Join(" x ", shape)}, but "
                    + $"{string.Join(" x ", Shapes[i])} in '{paths[0]}'",
                    "all but the rows must be the same in all files");
            }

            Rows[file] = shape[0];
            Shapes[i] = file == 0 ? shape : Shapes[i];
        }
    }
}
