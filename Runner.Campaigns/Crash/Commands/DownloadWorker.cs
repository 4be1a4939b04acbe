using System.Globalization;
using System.Security.Cryptography;
using Cnn.Proto;
using Cnn.Runner.DataSets.Download;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>The process that downloads files for the campaign, to be killed.</summary>
internal static class DownloadWorker
{
    /// <summary>The word that makes this program the worker.</summary>
    public const string Command = "download-worker";

    /// <summary>Returns the arguments of a worker.</summary>
    /// <param name="from">The mirror.</param>
    /// <param name="to">The folder to fetch into.</param>
    /// <param name="files">The files.</param>
    public static IReadOnlyList<string> Arguments(
        Uri from, string to, IReadOnlyList<(string Name, byte[] Content)> files) =>
    [
        Command, from.ToString(), to,
        .. files.SelectMany(file => new[]
        {
            file.Name, file.Content.Length.ToString(CultureInfo.InvariantCulture), Digest(file.Content),
        }),
    ];

    /// <summary>Runs a worker with its arguments; returns the exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, TextWriter error) => Run(
        new Uri(arguments[1]),
        arguments[2],
        [
            .. arguments.Skip(3).Chunk(3).Select(file => new RemoteFile(
                file[0], long.Parse(file[1], CultureInfo.InvariantCulture), path => Problem(path, file[2]))),
        ],
        error);

    private static int Run(Uri from, string to, IReadOnlyList<RemoteFile> files, TextWriter error)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(5) };
        try
        {
            new Downloader(client, [from], files).DownloadAsync(to).GetAwaiter().GetResult();
            return 0;
        }
        catch (CnnException wrong)
        {
            error.WriteLine(wrong.Message);
            return 1;
        }
    }

    private static string? Problem(string path, string digest) =>
        Digest(File.ReadAllBytes(path)) == digest ? null : "it holds something else";

    private static string Digest(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
