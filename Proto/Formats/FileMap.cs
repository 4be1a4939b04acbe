using System.IO.MemoryMappedFiles;

namespace Cnn.Proto.Formats;

/// <summary>A file mapped into memory for reading, without a lock on it; it is never read past its end.</summary>
internal sealed unsafe class FileMap : IDisposable
{
    private readonly string kind;

    // Both are null for an empty file, which no system maps.
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;
    private readonly byte* start;
    private bool disposed;

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be, for errors: "LMDB file".</param>
    /// <exception cref="CnnException">The file cannot be read.</exception>
    public FileMap(string path, string kind)
    {
        Path = path;
        this.kind = kind;
        try
        {
            // ReadWrite sharing keeps .NET from taking a lock, which folders mounted read-only refuse.
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            Length = stream.Length;
            if (Length == 0)
            {
                return;
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
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    /// <summary>Returns the error for a file that is not as it should be.</summary>
    public CnnException Error(string problem) => Error(Path, kind, problem);

    /// <summary>Returns the error for a file, mapped or not, that is not as it should be.</summary>
    public static CnnException Error(string path, string kind, string problem) =>
        new($"'{path}' is not a whole {kind}: {problem}", "copy it again or write the database anew");

    /// <summary>Unmaps the file; spans of it are invalid from then on.</summary>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            view?.SafeMemoryMappedViewHandle.ReleasePointer();
            view?.Dispose();
            file?.Dispose();
        }
    }
}
