using System.Globalization;

namespace Cnn.Campaigns.Crash.Tracing;

/// <summary>A call of a process into the kernel, as strace tells it.</summary>
/// <param name="Thread">The number of the thread.</param>
/// <param name="Name">The call's name, such as <c>openat</c>.</param>
/// <param name="Arguments">Its arguments; texts are quoted and in hexadecimal digits.</param>
/// <param name="Result">What it returned; negative for an error.</param>
internal sealed record SystemCall(int Thread, string Name, IReadOnlyList<string> Arguments, long Result)
{
    /// <summary>Returns an argument that is a number.</summary>
    public long Number(int argument) => long.Parse(Arguments[argument], CultureInfo.InvariantCulture);

    /// <summary>Returns an argument that is bytes, such as <c>"\x41\x42"</c>.</summary>
    /// <exception cref="InvalidDataException">It is something else, or strace has cut it.</exception>
    public byte[] Bytes(int argument)
    {
        string text = Arguments[argument];
        return text.Length >= 2 && text[0] == '"' && text[^1] == '"'
            ? Convert.FromHexString(text[1..^1].Replace("\\x", "", StringComparison.Ordinal))
            : throw new InvalidDataException($"{Name}: argument {argument} is no whole text: {text}");
    }

    /// <summary>Returns an argument that is a path.</summary>
    public string Path(int argument) => System.Text.Encoding.UTF8.GetString(Bytes(argument));
}
