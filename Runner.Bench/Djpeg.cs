using System.ComponentModel;
using System.Diagnostics;
using Cnn.Proto.Formats.Images;

namespace Cnn.Bench;

/// <summary>
/// Measures libjpeg-turbo's program <c>djpeg</c> on files. A process a file is started, and what a process takes to
/// decode an image of one pixel is subtracted, so that decoding alone is left.
/// </summary>
internal static class Djpeg
{
    private const int Rounds = 3;

    /// <summary>Returns the rate on one core; null where the program is not installed.</summary>
    public static double? ImagesASecond(byte[][] files, string folder)
    {
        string many = Directory.CreateDirectory(Path.Combine(folder, "djpeg")).FullName;
        string[] paths = [.. files.Select((_, i) => Path.Combine(many, $"{i}.jpg"))];
        for (int i = 0; i < files.Length; i++)
        {
            File.WriteAllBytes(paths[i], files[i]);
        }

        string empty = Path.Combine(many, "empty.jpg");
        var pixel = new PlanarImage();
        pixel.SetSize(3, 1, 1);
        pixel.Pixels.Clear();
        File.WriteAllBytes(empty, ImageEncoder.Encode(pixel, "jpg"));
        double least = double.MaxValue, leastOfNothing = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            if (Time("\"$1\"/[0-9]*.jpg", many) is not { } all)
            {
                return null;
            }

            least = Math.Min(least, all);
            string times = files.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
            leastOfNothing = Math.Min(leastOfNothing, Time($"$(yes \"$1/empty.jpg\" | head -n {times})", many)!.Value);
        }

        return files.Length / (least - leastOfNothing);
    }

    private static double? Time(string list, string folder)
    {
        try
        {
            string script = $"for f in {list}; do djpeg -outfile /dev/null $f || exit 1; done";
            var start = new ProcessStartInfo("sh", ["-c", script, "sh", folder])
            {
                RedirectStandardError = true,
            };
            long before = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(before).TotalSeconds : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
