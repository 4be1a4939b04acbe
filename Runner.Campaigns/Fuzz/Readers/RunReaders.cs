using System.Text;
using Cnn.Campaigns.Fuzz.Mutations;
using Cnn.Engine.Runs;
using Cnn.Proto.Formats.Events;
using Google.Protobuf;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of what runs leave: the files of a run's folder, event files, and logs.</summary>
internal static class RunReaders
{
    private const string EventFile = RunFiles.Events + "1.host";

    private static readonly byte[][] JsonWords =
    [
        .. ((string[])[
            "\"\\ud800\"", "null", "true", "1e400", "\"NaN\"", "{", "}", "[", "]", ":", ",", "\"state\":\"running\"",
            "\"format\":1", "\"name\"",
            "\"scores\"", "\"value\"", "\"iteration\"", "-0", "\"1-01.png\"", "\"Infinity\"",
            "\"0001-01-01T00:00:00+14:00\"", "\"started\"",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        new()
        {
            Name = "run",
            FileName = "run",
            Seeds = _ => [Bundle.Of(Files())],
            Place = Bundle.Place,
            Read = ReadRun,
            Inside = (bundle, random) => Bundle.Damage(bundle, (name, file) => Damaged(name, file, random), random),
            Sign = bundle => Bundle.Of(
                Bundle.Files(bundle).Select(f =>
                    (f.Name, f.Name == EventFile ? EventSigning.Sign(f.Content) : f.Content))),
        },
        new()
        {
            Name = "events",
            FileName = EventFile,
            Seeds = _ => [Events()],
            Read = path => _ = EventFileReader.Read(path).Count(),
            Inside = DamageMessage,
            Sign = EventSigning.Sign,
        },
        new()
        {
            Name = "log",
            FileName = "input.log",
            IsText = true,
            Seeds = _ => Logs.Select(Encoding.UTF8.GetBytes),
            Read = path => TrainingLogFile.Read(path),
            Words =
            [
                "\n", "I0102 03:04:05.000001 7 solver.cpp:1] ", "Iteration 10, loss = 0.5",
                "Iteration 10 (1.5 iter/s, 6s/10 iters), loss = 1",
                "Test net output #0: accuracy = 0.9", "Train net output #0: loss = 1 (* 1 = 1 loss)",
                "Iteration 10, lr = 0.01", "nan", "inf",
                "Iteration 10, Testing net (#0)", "Optimization Done.",
                "Snapshotting solver state to binary proto file a", "F0102 03:04:05.1 7 a:1] Check",
                "Initializing solver from parameters:", "Initializing net from parameters:", "average_loss: 10",
                "max_iter: 10",
            ],
        },
    ];

    // The logs as Caffe and this program write them.
    private static IReadOnlyList<string> Logs =>
    [
        """
        I0102 03:04:05.000001     7 solver.cpp:45] Initializing solver from parameters:
        test_iter: 10
        base_lr: 0.01
        max_iter: 100
        average_loss: 5
        net_param {
          name: "a"
        }
        I0102 03:04:05.100001     7 net.cpp:51] Initializing net from parameters:
        name: "a"
        I0102 03:04:06.000001     7 solver.cpp:279] Solving a
        I0102 03:04:06.000001     7 solver.cpp:337] Iteration 0, Testing net (#0)
        I0102 03:04:06.000001     7 solver.cpp:404]     Test net output #0: accuracy = 0.1
        I0102 03:04:06.000001     7 solver.cpp:404]     Test net output #1: loss = 2.3 (* 1 = 2.3 loss)
        I0102 03:04:07.000001     7 solver.cpp:228] Iteration 0 (-nan iter/s, 0.1s/10 iters), loss = 2.3
        I0102 03:04:07.000001     7 solver.cpp:244]     Train net output #0: loss = 2.3 (* 1 = 2.3 loss)
        I0102 03:04:07.000001     7 sgd_solver.cpp:106] Iteration 0, lr = 0.01
        I0102 03:04:08.000001     7 sgd_solver.cpp:273] Snapshotting solver state to binary proto file a.solverstate
        I0102 03:04:09.000001     7 solver.cpp:317] Iteration 100, loss = 0.5
        I0102 03:04:09.000001     7 solver.cpp:322] Optimization Done.
        """,
        "W20260102 03:04:05.000001 7 cnn] a\n"
            + "I20260102 03:04:05.5 7 cnn] Iteration 1, loss = nan\nF20260102 03:04:06.0 7 cnn] Check failed\n",
    ];

    private static IEnumerable<(string Name, byte[] Content)> Files()
    {
        yield return (RunFiles.Summary, Encoding.UTF8.GetBytes(
            """
            {"format":1,"name":"a","net":"n","command":"cnn train",
            "version":"1","seed":3,"machine":"m","process":{"host":"h","id":1,
            "started":"2026-01-02T03:04:05+00:00"},"state":"running","failure":"","iteration":10,"max_iterations":20,
            "started":"2026-01-02T03:04:05+00:00","written":"2026-01-02T03:05:05Z","seconds":1.5,"last_snapshot":"s",
            "settings":[{"name":"base_lr","value":"0.1"}],"less_is_better":["test/loss"],"definitions":["net.prototxt"],
            "scores":[{"name":"test/loss","last":{"iteration":10,"value":0.5},"best":{"iteration":5,"value":"NaN"}}]}
            """));
        yield return (RunFiles.Metrics, Encoding.UTF8.GetBytes(
            "{\"iteration\":0,\"time\":1764500000.123,\"name\":\"train/loss\",\"value\":0.25}\n"
            + "{\"iteration\":10,\"time\":1764500001,\"name\":\"test/loss\",\"value\":\"NaN\"}\n"
            + "{\"iteration\":10,\"name\":\"lr\",\"value\":1e-2}\n"));
        yield return (RunFiles.LayerTimes,
            """{"iteration":5,"layers":[{"name":"c","type":"ReLU","forward":1.5,"backward":2}]}"""u8.ToArray());
        yield return (RunFiles.Classes, Encoding.UTF8.GetBytes(
            """
            {"iteration":10,"names":["a","b"],"counts":[[1,2],[3,4]],
            "worst":[{"label":0,"predicted":1,"confidence":0.9,"image":"10-01.png","width":2,"height":2,"caption":"c"}]}
            """));
        yield return (EventFile, Events());
        yield return ("net.prototxt", "name: 'a'"u8.ToArray());
        yield return (RunFiles.Drawing, "<svg/>"u8.ToArray());
    }

    private static byte[] Events()
    {
        using var stream = new MemoryStream();
        var writer = new EventFileWriter(stream, 1);
        writer.Write("train/loss", 1, 2, 0.5f);
        writer.Write(new Event { WallTime = 3, Step = 2,
            SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        writer.Write(new Event
        {
            Step = 3,
            Summary = new Summary
            {
                Value =
                {
                    new Summary.Types.Value
                    {
                        Tag = "h",
                        Histo = new HistogramProto { Min = 0, Max = 2, Num = 3, Sum = 3, SumSquares = 5,
                            BucketLimit = { 1, 2 }, Bucket = { 1, 2 } },
                    },
                    new Summary.Types.Value
                    {
                        Tag = "i",
                        Image = new Summary.Types.Image { Height = 1, Width = 1,
                            EncodedImageString = ByteString.CopyFrom(1, 2, 3) },
                    },
                },
            },
        });
        return stream.ToArray();
    }

    private static void ReadRun(string path)
    {
        RunRecord run = RunFolder.Read(path, _ => { });
        foreach (RunCurve curve in run.Curves)
        {
            _ = (curve.Last, curve.Least, curve.Greatest);
        }

        RunFolder.List(path);
    }

    private static byte[] Damaged(string name, byte[] file, Random random)
    {
        if (name == EventFile)
        {
            return DamageMessage(file, random);
        }

        return TextMutations.Apply(file, file, JsonWords, random);
    }

    private static byte[] DamageMessage(byte[] file, Random random)
    {
        List<byte[]> messages = EventSigning.Messages(file);
        if (messages.Count == 0)
        {
            return file;
        }

        int at = random.Next(messages.Count);
        messages[at] = random.Next(3) == 0
            ? WireMutations.Apply(messages[at], random)
            : MessageMutations.Apply(messages[at], Event.Descriptor, JsonWords, random);
        return EventSigning.File(messages);
    }
}
