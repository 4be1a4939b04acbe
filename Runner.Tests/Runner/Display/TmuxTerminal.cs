using System.Diagnostics;
using System.Globalization;

namespace Cnn.Tests.Runner.Display;

/// <summary>A real terminal with a shell in it, from tmux with a server of its own.</summary>
internal sealed class TmuxTerminal : IDisposable
{
    /// <summary>What the shell shows when it waits for a command.</summary>
    public const string Prompt = "PROMPT>";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string server = $"cnn-test-{Path.GetRandomFileName()}";

    /// <summary>Starts the shell; skips the calling test where there is no tmux.</summary>
    /// <param name="folder">The working folder.</param>
    /// <param name="columns">The terminal's columns.</param>
    /// <param name="variables">Variables of the environment, such as <c>NO_COLOR=1</c>.</param>
    public TmuxTerminal(TemporaryFolder folder, int columns, params string[] variables)
    {
        Shell.HasOrSkip("tmux");
        string cnn = Path.Combine(AppContext.BaseDirectory, "cnn.dll");
        Tmux(
            [
                "new-session", "-d", "-x", $"{columns}", "-y", "24", "-c", folder.Path,
                "env", "-u", "CI", "-u", "NO_COLOR", "LANG=C.UTF-8", $"PS1={Prompt} ",
                $"CNN=dotnet {cnn}", .. variables, "sh",
            ]);
        WaitFor(screen => screen.Contains(Prompt, StringComparison.Ordinal));
    }

    /// <summary>Whether the cursor can be seen.</summary>
    public bool ShowsCursor => Tmux("display-message", "-p", "#{cursor_flag}").Trim() == "1";

    /// <summary>Runs a command line; <c>$CNN</c> in it is the program.</summary>
    public void Type(string line) => Tmux("send-keys", line, "Enter");

    /// <summary>Presses a key, such as <c>C-c</c>.</summary>
    public void Press(string key) => Tmux("send-keys", key);

    /// <summary>Gives the terminal another number of columns.</summary>
    public void Resize(int columns) =>
        Tmux("resize-window", "-x", columns.ToString(CultureInfo.InvariantCulture), "-y", "24");

    /// <summary>Waits until the screen is as wanted, and returns it.</summary>
    public string WaitFor(Func<string, bool> isAsWanted)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            string screen = Tmux("capture-pane", "-p");
            if (isAsWanted(screen))
            {
                return screen;
            }

            Assert.True(watch.Elapsed < Patience, $"the terminal shows:\n{screen}");
            Thread.Sleep(50);
        }
    }

    /// <summary>Waits until the shell waits again, and returns all lines, those scrolled away too.</summary>
    public string[] WaitForPrompt()
    {
        WaitFor(screen => screen.TrimEnd().EndsWith(Prompt, StringComparison.Ordinal));
        return Tmux("capture-pane", "-p", "-J", "-S", "-").TrimEnd().Split('\n').Select(l => l.TrimEnd()).ToArray();
    }

    /// <summary>Returns the screen with its colours.</summary>
    public string Colored() => Tmux("capture-pane", "-p", "-e");

    /// <inheritdoc/>
    public void Dispose() => Tmux("kill-server");

    private string Tmux(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "tmux", ["-u", "-L", server, "-f", "/dev/null", .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
