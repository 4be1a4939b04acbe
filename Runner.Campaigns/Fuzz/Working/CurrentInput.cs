using System.IO.MemoryMappedFiles;

namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>
/// The input that a worker reads, in a file that is mapped into its memory and so is there when it dies.
/// </summary>
internal sealed class CurrentInput : IDisposable
{
    private const int Capacity = 1 << 22;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    /// <summary>Makes the file.</summary>
    public CurrentInput(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Capacity);
        view = file.CreateViewAccessor();
    }

    /// <summary>Remembers an input.</summary>
    public void Set(byte[] input)
    {
        view.Write(0, input.Length);
        view.WriteArray(sizeof(int), input, 0, input.Length);
    }

    /// <summary>Returns the input in a file that a worker left; empty where there is none.</summary>
    public static byte[] Left(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        byte[] bytes = File.ReadAllBytes(path);
        int length = BitConverter.ToInt32(bytes);
        return length > 0 && length <= bytes.Length - sizeof(int) ? bytes[sizeof(int)..(sizeof(int) + length)] : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
