using System.Net;
using System.Net.Http.Headers;
using Cnn.Proto;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Runner.DataSets.Download;

/// <summary>
/// Fetches files from the first mirror that gives them complete. A partial download stays in <c>NAME.partial</c> and is
/// resumed later; a file gets its name only when its size and its content are right.
/// </summary>
/// <param name="client">Makes the requests; its timeout bounds each wait for data.</param>
/// <param name="mirrors">The addresses of the folders, each ending in a slash, best first.</param>
/// <param name="files">What to fetch.</param>
public sealed class Downloader(HttpClient client, IReadOnlyList<Uri> mirrors, IReadOnlyList<RemoteFile> files)
{
    private const int AttemptsAMirror = 3;
    private const int BlockSize = 1 << 16;

    /// <summary>Fetches the files that are not in the folder yet.</summary>
    /// <param name="to">The folder; created if necessary.</param>
    /// <param name="progress">Receives progress after every block of bytes; may be null.</param>
    /// <param name="cancel">Cancels the download; the bytes received so far are kept.</param>
    /// <exception cref="CnnException">No mirror gave a file complete, or the folder cannot be written.</exception>
    public async Task DownloadAsync(
        string to, IProgress<WriteProgress>? progress = null, CancellationToken cancel = default)
    {
        try
        {
            OutputFolder.Create(to);
        }
        catch (Exception exception) when (FileErrors.From(to, "make the folder", exception) is { } error)
        {
            throw error;
        }

        foreach (RemoteFile file in files)
        {
            string path = Path.Combine(to, file.Name);
            if (File.Exists(path) && Problem(path, file) is null)
            {
                progress?.Report(new WriteProgress(file.Name, file.Size, file.Size));
                continue;
            }

            await FetchAsync(file, path, progress, cancel).ConfigureAwait(false);
        }
    }

    private async Task FetchAsync(
        RemoteFile file, string path, IProgress<WriteProgress>? progress, CancellationToken cancel)
    {
        List<string> problems = [];
        foreach (Uri mirror in mirrors)
        {
            var address = new Uri(mirror, file.Name);
            string problem = "";
            for (int attempt = 0; attempt < AttemptsAMirror; attempt++)
            {
                string partial = path + ".partial";
                var (outcome, again) = await AttemptAsync(address, file, partial, progress, cancel)
                    .ConfigureAwait(false);
                if (outcome is null)
                {
                    Name(partial, path);
                    return;
                }

                problem = outcome;
                if (!again)
                {
                    break;
                }
            }

            problems.Add($"{address}: {problem}");
        }

        throw new CnnException(
            $"no mirror gave {file.Name} whole:\n    {string.Join("\n    ", problems)}",
            "try again later, or fetch it by other means and name its folder with --from");
    }

    // Returns what went wrong (null when the file is complete) and whether another attempt may help.
    private async Task<(string? Problem, bool Again)> AttemptAsync(
        Uri address, RemoteFile file, string partial, IProgress<WriteProgress>? progress, CancellationToken cancel)
    {
        try
        {
            bool goesOn = File.Exists(partial) && new FileInfo(partial).Length > 0;
            var (problem, again) = await ReceiveAsync(address, file, partial, progress, cancel).ConfigureAwait(false);
            if (problem is null && Problem(partial, file) is { } wrong)
            {
                // After a loss of power the part that was there may be what is wrong.
                File.Delete(partial);
                return (wrong, goesOn);
            }

            return (problem, again);
        }
        catch (HttpRequestException exception)
        {
            return (HttpFault.Describe(exception.HttpRequestError), true);
        }
        catch (HttpIOException exception)
        {
            return (HttpFault.Describe(exception.HttpRequestError), true);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ("it does not answer", false);
        }
        catch (Exception exception) when (FileErrors.From(partial, "write", exception) is { } error)
        {
            throw error;
        }
    }

    private async Task<(string? Problem, bool Again)> ReceiveAsync(
        Uri address, RemoteFile file, string partial, IProgress<WriteProgress>? progress, CancellationToken cancel)
    {
        using var stream = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (stream.Length > file.Size)
        {
            stream.SetLength(0);
        }

        if (stream.Length == file.Size)
        {
            return (null, false);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (stream.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(stream.Length, null);
        }

        using HttpResponseMessage response = await client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            stream.SetLength(0);
            return ("it refuses to go on from where the last download stopped", true);
        }

        if (!response.IsSuccessStatusCode)
        {
            return ($"it answers {(int)response.StatusCode} {response.ReasonPhrase}", (int)response.StatusCode >= 500);
        }

        // Without a matching partial response, the file comes from its start.
        bool resumes = response.StatusCode == HttpStatusCode.PartialContent
            && response.Content.Headers.ContentRange?.From == stream.Length;
        if (response.StatusCode == HttpStatusCode.PartialContent && !resumes)
        {
            stream.SetLength(0);
            return ("it answers with another part of the file than was asked for", true);
        }

        if (!resumes)
        {
            stream.SetLength(0);
        }

        long? total = response.Content.Headers.ContentLength + stream.Length;
        return total is { } bytes && bytes != file.Size
            ? ($"it offers {bytes} bytes, the file has {file.Size}", false)
            : await CopyAsync(response, stream, file, progress, cancel).ConfigureAwait(false);
    }

    private async Task<(string? Problem, bool Again)> CopyAsync(
        HttpResponseMessage response,
        FileStream stream,
        RemoteFile file,
        IProgress<WriteProgress>? progress,
        CancellationToken cancel)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var block = new byte[BlockSize];
        stream.Seek(0, SeekOrigin.End);
        while (true)
        {
            waiting.CancelAfter(client.Timeout);
            int read;
            try
            {
                read = await body.ReadAsync(block, waiting.Token).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return ($"the connection broke after {stream.Length} of {file.Size} bytes", true);
            }

            if (read == 0)
            {
                return stream.Length == file.Size
                    ? (null, false)
                    : ($"it ends after {stream.Length} of {file.Size} bytes", true);
            }

            if (stream.Length + read > file.Size)
            {
                stream.SetLength(0);
                return ($"it sends more than the {file.Size} bytes of the file", false);
            }

            await stream.WriteAsync(block.AsMemory(0, read), cancel).ConfigureAwait(false);
            progress?.Report(new WriteProgress(file.Name, stream.Length, file.Size));
        }
    }

    private static void Name(string partial, string path)
    {
        try
        {
            using (SafeFileHandle file = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
            {
                DiskFlush.Of(file);
            }

            File.Move(partial, path, overwrite: true);
            OutputFolder.FlushParent(path);
        }
        catch (Exception exception) when (FileErrors.From(path, "write", exception) is { } error)
        {
            throw error;
        }
    }

    // Returns what is wrong with a file; null when it is right.
    private static string? Problem(string path, RemoteFile file)
    {
        try
        {
            long size = new FileInfo(path).Length;
            if (size != file.Size)
            {
                return $"it has {size} bytes, not {file.Size}";
            }

            return file.Problem(path);
        }
        catch (CnnException exception)
        {
            return exception.Diagnostics[0].Message;
        }
    }
}
