using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>A blob and the file of its values, as <c>blob=file</c>.</summary>
/// <param name="Blob">The blob's name.</param>
/// <param name="File">The file, with a dataset after a colon for HDF5.</param>
internal readonly record struct BlobFile(string Blob, string File)
{
    /// <summary>Parses the values of an option.</summary>
    /// <exception cref="CnnException">One is not of that form, or a blob is named twice.</exception>
    public static BlobFile[] ParseAll(string[]? options)
    {
        var parsed = new List<BlobFile>();
        foreach (string option in options ?? [])
        {
            int at = option.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == option.Length - 1)
            {
                throw new CnnException($"'{option}' names no blob and file", "write blob=file, such as data=x.npy");
            }

            var one = new BlobFile(option[..at], option[(at + 1)..]);
            PathText.Require(one.File);
            if (parsed.Any(p => p.Blob == one.Blob))
            {
                throw new CnnException($"blob '{one.Blob}' is named twice");
            }

            parsed.Add(one);
        }

        return [.. parsed];
    }
}
