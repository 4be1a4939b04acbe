using System.IO.MemoryMappedFiles;

namespace Cnn.Proto.Formats.Lmdb;

/// <summary>A file mapped into memory for reading, without a lock on it; it is never read past its end.</summary>
internal sealed unsafe class LmdbMap : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;

    /// <summary>Maps a file.</summary>
    /// <exception cref="CnnException">The file cannot be read or is too short to hold a meta page.</exception>
    public LmdbMap(string path)
    {
        Path = path;
        try
        {
            // ReadWrite sharing keeps .NET from taking a lock, which folders mounted read-only refuse.
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            Length = stream.Length;
            if (Length < LmdbFormat.MetaEnd)
            {
                throw Error($"it has only {Length} bytes");
            }

            file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            start += view.PointerOffset;
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            view?.Dispose();
            file?.Dispose();
            throw error;
        }
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>The file's size in bytes.</summary>
    public long Length { get; }

    /// <summary>Returns a part of the file, which the caller has checked to lie within it.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(view.SafeMemoryMappedViewHandle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    /// <summary>Returns the error for a file that is not as it should be.</summary>
    public CnnException Error(string problem) =>
        new($"'{Path}' is not a whole LMDB file: {problem}", "copy it again or write the database anew");

    /// <summary>Unmaps the file; spans of it are invalid from then on.</summary>
    public void Dispose()
    {
        if (!view.SafeMemoryMappedViewHandle.IsClosed)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }
    }
}
