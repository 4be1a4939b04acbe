using Cnn.Proto;

namespace Cnn.Engine.Classification;

/// <summary>An image to classify: a name for messages, and where its bytes come from.</summary>
/// <param name="name">The name, such as the file's path.</param>
/// <param name="open">Opens the content, which ends with the end of the stream.</param>
public sealed class ImageInput(string name, Func<Stream> open)
{
    // Above the largest photographs; what never ends must not fill the memory.
    private const int LargestContent = 1 << 29, FirstBuffer = 1 << 16;

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>Makes an input of a file, which is opened when its turn comes.</summary>
    public static ImageInput OfFile(string path) => new(path, () => Open(path));

    /// <summary>Makes an input of the bytes of an image file.</summary>
    public static ImageInput OfBytes(string name, byte[] content) => new(name, () => new MemoryStream(content));

    /// <summary>Reads the content.</summary>
    /// <param name="buffer">Receives it, and grows where it is too small.</param>
    /// <returns>The number of bytes.</returns>
    /// <exception cref="CnnException">It cannot be read, or is larger than any image.</exception>
    internal int Read(ref byte[] buffer)
    {
        try
        {
            using Stream stream = open();
            int length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, Grown(length, stream));
                }

                int read = stream.Read(buffer, length, buffer.Length - length);
                if (read == 0)
                {
                    return length;
                }

                length += read;
            }
        }
        catch (Exception exception) when (FileErrors.From(name, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static FileStream Open(string path)
    {
        FileText.RequireFile(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
    }

    // A byte beyond the length of a file lets the end be seen without growing once more.
    private int Grown(int length, Stream stream)
    {
        long wanted = stream.CanSeek ? stream.Length + 1 : 2L * length;
        return length < LargestContent && (wanted <= LargestContent || !stream.CanSeek)
            ? (int)Math.Clamp(wanted, Math.Max(FirstBuffer, length + 1), LargestContent)
            : throw new CnnException($"{name}: has more than {LargestContent} bytes, which is no image");
    }
}
