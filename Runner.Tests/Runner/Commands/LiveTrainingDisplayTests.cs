using System.Globalization;
using System.Text;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Runner.Commands;
using Cnn.Runner.Reports;
using Cnn.Tests.Engine.Solvers;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Spectre.Console;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class LiveTrainingDisplayTests
{
    [Fact]
    public void LogLinesLeaveNothingOfTheLiveLineOnTheScreen()
    {
        using var written = new StringWriter();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(written),
        });
        using var display = TrainingDisplay.For(
            new CommandConsole(TextWriter.Null, TextWriter.Null) { Terminal = terminal });
        var lines = new Lines();
        using Logger log = new LoggerConfiguration()
            .WriteTo.Sink(display.Sink).WriteTo.Sink(lines).CreateLogger();
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(
            $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'fixed' max_iter: 4 random_seed: 3 "
            + "snapshot_after_train: false",
            pool);

        // Long enough for the live line to be drawn, then a line that is shorter than it.
        solver.Progressed += _ => Thread.Sleep(250);
        Assert.True(display.Run(solver, () =>
        {
            solver.Progressed += p => log.Information("{Line:l}", $"short {p.Iteration}");
            return solver.Solve();
        }));

        Assert.Contains(" images/s  ", written.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, lines.Texts.Count);
        Assert.Equal(lines.Texts, Screen(written.ToString()).Where(l => l.Length > 0));
    }

    // What a terminal of any width shows after the control sequences that Spectre.Console and we write.
    private static IEnumerable<string> Screen(string written)
    {
        var rows = new List<StringBuilder> { new() };
        int row = 0, column = 0;
        for (int i = 0; i < written.Length; i++)
        {
            char c = written[i];
            if (c == '\e')
            {
                int end = i + 2;
                while (!char.IsAsciiLetter(written[end]))
                {
                    end++;
                }

                Control(written[end], written[(i + 2)..end]);
                i = end;
            }
            else if (c == '\n')
            {
                (row, column) = (row + 1, 0);
                if (row == rows.Count)
                {
                    rows.Add(new StringBuilder());
                }
            }
            else if (c == '\r')
            {
                column = 0;
            }
            else
            {
                rows[row].Append(' ', Math.Max(0, column + 1 - rows[row].Length));
                rows[row][column++] = c;
            }
        }

        return rows.Select(r => r.ToString().TrimEnd());

        void Control(char command, string argument)
        {
            int number = int.TryParse(argument, CultureInfo.InvariantCulture, out int given) ? given : 0;
            switch (command, number)
            {
                case ('A', _):
                    row -= Math.Max(1, number);
                    break;
                case ('K', 0) or ('J', 0):
                    rows[row].Length = Math.Min(rows[row].Length, column);
                    if (command == 'J')
                    {
                        rows.RemoveRange(row + 1, rows.Count - row - 1);
                    }

                    break;
                case ('K', 2):
                    rows[row].Clear();
                    break;
                default:
                    Assert.Contains(command, "hlm");
                    break;
            }
        }
    }

    private sealed class Lines : ILogEventSink
    {
        private readonly GlogFormatter formatter = new();

        public List<string> Texts { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            using var line = new StringWriter();
            formatter.Format(logEvent, line);
            Texts.Add(line.ToString().TrimEnd('\n'));
        }
    }
}
