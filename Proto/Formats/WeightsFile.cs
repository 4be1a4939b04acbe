using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.Wire;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats;

/// <summary>
/// A file of weights: a .caffemodel of any age, its text forms, or HDF5, told apart by content. Opening it reads what it
/// holds but for the numbers, which are read when they are copied; so it must stay open until then.
/// </summary>
public sealed class WeightsFile : IDisposable
{
    private readonly IDisposable? source;

    private WeightsFile(IReadOnlyList<StoredLayer> layers, IDisposable? source)
    {
        Layers = layers;
        this.source = source;
    }

    /// <summary>The layers in the order of the file, those without parameters too.</summary>
    public IReadOnlyList<StoredLayer> Layers { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">It cannot be read, is damaged, or holds no layers.</exception>
    public static WeightsFile Open(string path)
    {
        WeightsFile file = Hdf5File.IsHdf5(path) ? OpenHdf5(path)
            : ProtoFile.IsBinary(path) ? OpenBinary(path)
            : OpenText(path);
        if (file.Layers.Count > 0)
        {
            return file;
        }

        file.Dispose();
        throw new CnnException($"{path}: holds no layers, so it is not a weights file");
    }

    /// <inheritdoc/>
    public void Dispose() => source?.Dispose();

    private static WeightsFile OpenBinary(string path)
    {
        SafeFileHandle handle = FileText.OpenHandle(path);
        try
        {
            return new WeightsFile(WireWeights.Read(handle, path), handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static WeightsFile OpenHdf5(string path)
    {
        var file = new Hdf5File(path);
        try
        {
            return new WeightsFile(Hdf5Weights.Read(file), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static WeightsFile OpenText(string path) => new(
        [.. ProtoFile.LoadNet(path).Message.Layer.Select(l => new StoredLayer(l.Name, [.. l.Blobs.Select(StoredBlob.From)]))],
        null);
}
