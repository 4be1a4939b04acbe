using System.Collections.Concurrent;
using PureHDF.VOL.Native;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// Keeps the library from opening the files that an HDF5 file links to. Before it opens one, it looks for it among
/// those of the file that are open; that look is what ends here.
/// </summary>
internal sealed class Hdf5Links : IEqualityComparer<string>
{
    private Hdf5Links()
    {
    }

    /// <summary>The file that a link led to last; null while none was followed.</summary>
    public string? Refused { get; private set; }

    /// <summary>Refuses what a file links to.</summary>
    public static Hdf5Links Refuse(NativeFile file)
    {
        var links = new Hdf5Links();
        Hdf5Internals.LinkedFiles(typeof(NativeFile).Assembly)[Hdf5Internals.Driver(file)] =
            new ConcurrentDictionary<string, NativeFile>(links);
        return links;
    }

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: it stands for an address that is about to be opened.</exception>
    public int GetHashCode(string address)
    {
        Refused = new Uri(address).LocalPath;
        throw new NotSupportedException("files that an HDF5 file links to are not read");
    }
}
